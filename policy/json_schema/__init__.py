"""JSON Schemas of payloads: compiled, bounded in work, their references followed; nothing is fetched."""
