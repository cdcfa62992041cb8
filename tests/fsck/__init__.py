"""The separate reading of the database."""
