"""Slack's wire: the Web API, HTTP and Socket Mode, who we are there, and what an interaction carries."""
