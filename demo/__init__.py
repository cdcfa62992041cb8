"""The demo: a local Slack, the bot and an agent on one machine. The bot needs none of it."""
