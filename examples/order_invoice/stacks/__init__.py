"""The stacks of the order/invoice system: data apart from code, each service apart from the other (C7)."""
