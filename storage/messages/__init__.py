"""Messages in Slack: cards, samples, direct messages, notices, open forms, and which proposals share a card."""
