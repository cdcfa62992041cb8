"""The keys of a rule, one file each: what of several rules holds, and what is faulty."""
