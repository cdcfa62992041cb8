"""Services beside the lifecycle: each loads what is in force, asks the pure rule, and records what follows."""
