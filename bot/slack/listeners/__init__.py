"""What people do: clicks, submissions and commands, each answered at once."""
