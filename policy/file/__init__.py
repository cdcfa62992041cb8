"""The policy file: read, checked in shape, and turned into entries. Every fault is found at once."""
