"""Doctor in Slack: what `signoff doctor` looks at there, and the messages that it asks Slack to check."""
