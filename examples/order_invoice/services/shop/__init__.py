"""What the services of the shop have in common: money, and the events they exchange. Nothing else."""
