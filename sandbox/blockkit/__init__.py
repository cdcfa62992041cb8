"""Block Kit's rules: what Slack refuses of blocks, and how it stores what it takes."""
