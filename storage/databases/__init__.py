"""Databases of a store: found, created or migrated to this schema, copied, and held by one process or heard by many."""
