"""How a request gets to the service and its answer back, in a thread or in a loop; what it is about is in `flows`."""
