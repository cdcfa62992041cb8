"""The database itself: the seam, SQLite behind it, migrations, and how it is opened."""
