"""Delivery: getting things out at least once, in order per proposal and channel."""

from delivery.courier import Courier, RateLimited, Sender, Undeliverable, Unsent

__all__ = ["Courier", "RateLimited", "Sender", "Undeliverable", "Unsent"]
