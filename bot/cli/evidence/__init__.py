"""Evidence of a period: a folder of tables for who asks how things were decided, with a signed manifest of digests."""
