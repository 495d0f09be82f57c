"""The order service: takes orders and cancellations, tells of them, and shows what became of them."""
