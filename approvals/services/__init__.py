"""Services beside the lifecycle: each looks at what is in force, asks the pure rule, and records what follows."""
