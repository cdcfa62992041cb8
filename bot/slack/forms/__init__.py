"""Forms: modals that ask for input, and how what was typed is read back. Pure."""
