"""JSON Schemas of payloads: translated to one dialect, compiled, bounded in work; nothing is fetched."""
