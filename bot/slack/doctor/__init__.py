"""What `signoff doctor` looks at in Slack, and the messages that it asks Slack to check."""
