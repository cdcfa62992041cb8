"""The bot: the process between Slack on one side and agents on the other."""
