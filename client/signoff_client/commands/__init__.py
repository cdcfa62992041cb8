"""The commands of `signoff` that an agent, a pipeline or Claude Code runs; `command` finds them."""
