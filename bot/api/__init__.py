"""The agents' side over HTTP: what they send, what they are answered, and what one of them may take."""
