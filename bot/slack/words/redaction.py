"""What stands in place of what the policy redacts."""
# ruff: noqa: D103 - a sentence says itself what it is

TRUE_OR_FALSE = "true or false"


def a_list_of(count: int) -> str:
    return f"a list of {count}"


def changed_in_revision(changed_in: int) -> str:
    return f", changed in revision {changed_in}"


def all_of_it(length: int) -> str:
    return f"redacted (all of {length} characters: too much is redacted to look for each of it here)"
