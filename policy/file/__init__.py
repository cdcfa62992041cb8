"""The policy file: read, checked in shape, and built into a policy in force; every fault is found at once."""
