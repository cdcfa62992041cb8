"""Database engine: the seam, SQLite and PostgreSQL behind it, the named queries, and what may be wrong with either."""
