"""The stage that adapters are tested on: the real bot, a Slack of this machine, and people who follow a script."""
