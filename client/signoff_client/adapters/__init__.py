"""One module a framework; each imports its framework, and none of them is imported by the rest."""
