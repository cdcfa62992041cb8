"""PostgreSQL behind the seam: one server, any number of processes, of which one writes at a time."""
