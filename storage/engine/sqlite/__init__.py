"""SQLite behind the seam: one file, one writer, a few readers."""
