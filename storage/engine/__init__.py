"""Database engine: the seam, SQLite behind it, the named queries, and what may be wrong with a database."""
