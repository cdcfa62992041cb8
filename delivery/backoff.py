"""Backoff: how long to wait before the next attempt. Pure."""

FIRST = 1.0
LONGEST = 300.0


def delay(attempts: int, spread: float) -> float:
    """Seconds before attempt number `attempts + 1`: doubling from one second to five minutes.

    `spread`, from 0 to 1, takes away up to a quarter, so that what failed together does not return together.
    """
    whole = min(FIRST * 2.0 ** min(attempts, 30), LONGEST)
    return whole * (1 - spread / 4)


SCHEDULE = (5.0, 300.0, 1800.0, 7200.0, 18000.0, 36000.0, 50400.0, 72000.0, 86400.0)
"""Seconds between the ten attempts of a callback, as the Standard Webhooks specification gives them."""


def scheduled(attempts: int, spread: float) -> float | None:
    """Seconds before the next attempt after `attempts` and the one that just failed; None after the tenth.

    `spread`, from 0 to 1, adds up to a tenth, so that what failed together does not return together.
    """
    return SCHEDULE[attempts] * (1 + spread / 10) if attempts < len(SCHEDULE) else None
