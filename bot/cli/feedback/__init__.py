"""Feedback of a period: what people said of proposals, as cases to learn and to evaluate from."""
