"""Cards: a proposal as a message, and all that stands on one. Pure."""
