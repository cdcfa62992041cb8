"""A local Slack, the bot and an agent, side by side on one machine. Nothing here is needed to run the bot."""
