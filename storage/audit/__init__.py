"""The audit log: its chain and seals, and the rows held against what its entries tell."""
