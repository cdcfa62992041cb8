"""Backup of the store: a folder taken beside a running bot and proven whole, and what puts it back where nothing is."""
