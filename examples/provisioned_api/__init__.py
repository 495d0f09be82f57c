"""The smallest use of ProvisionedApi."""
