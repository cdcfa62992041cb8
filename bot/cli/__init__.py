"""The command `signoff`, one file a command."""
