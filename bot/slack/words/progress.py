"""What a card says of how its proposal gets on."""
# ruff: noqa: D103 - a sentence says itself what it is


def changed_and_counts(maker: str, revision: int) -> str:
    return f":pencil2: Changed by {maker}; revision {revision} counts."


def changed_and_void(by: str, needed: str) -> str:
    return f":pencil2: Changed by {by}; approvals from before are void.{needed}"


def approved_so_far_by(made: str, missing: str) -> str:
    return f":ballot_box_with_check: Approved so far by {made}. {missing}"
