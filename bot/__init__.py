"""The process: Slack on one side, agents on the other."""
