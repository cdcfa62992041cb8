"""Rule keys, one file each: which of several rules wins, and what may not be written."""
