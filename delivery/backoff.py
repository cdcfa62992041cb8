"""How long to wait before the next attempt: pure."""

FIRST = 1.0
LONGEST = 300.0


def delay(attempts: int, spread: float) -> float:
    """Seconds before attempt number `attempts + 1`: doubling from one second to five minutes.

    `spread`, from 0 to 1, takes away up to a quarter, so that what failed together does not return together.
    """
    whole = min(FIRST * 2.0 ** min(attempts, 30), LONGEST)
    return whole * (1 - spread / 4)
