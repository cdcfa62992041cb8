"""The Slack side: what people see (pure) and what they do (listeners, the Web API)."""
