"""Outbound messages: cards, thread lines and notices that nobody asked for, and whom each mentions."""
