"""Listing: pages, counts and figures over many proposals, read outside of any transaction."""
