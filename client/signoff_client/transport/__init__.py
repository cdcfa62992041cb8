"""Transport: how a request gets to the service and its answer back, in a thread or in a loop."""
