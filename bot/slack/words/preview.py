"""What stands over and in a preview."""
# ruff: noqa: D103 - a sentence says itself what it is

COMPARED_ROUGHLY = "too much differs to compare every line: one that stays may stand twice, with - and with +"


def struck_through(what: str) -> str:
    return f" · {what}: ⟨- ⟩ struck through, ⟨+ ⟩ bold"


def unchanged_lines(count: int, seal: str) -> str:
    return f"{count} unchanged lines, whole in Details (sha256 {seal})"
