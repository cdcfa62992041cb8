"""Block Kit: blocks as plain dicts, and foreign text in them made visible: nothing hides, turns or deceives."""
