"""People at their screens: what they see, click, type and send, and the payloads of it."""
