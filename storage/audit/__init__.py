"""The audit log: its chain and seals, and the rows checked against its entries."""
