"""Commands of `signoff` for agents, pipelines and Claude Code; `command` finds them."""
