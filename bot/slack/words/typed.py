"""What the form says that wants words typed."""
# ruff: noqa: D103 - a sentence says itself what it is

YOU_HAVE_READ_IT_WHOLE = "You have read it whole in Details."
IT_RUNS_ONCE_ENOUGH_PEOPLE_AGREE = (
    "It runs once enough people agree. It cannot be taken back once the agent has taken it."
)
TYPE_THE_ACTIONS_NAME = "Type the action's name"
AS_IT_STANDS_ABOVE = "As it stands above."


def type_the_value_of(field: str) -> str:
    return f"Type the value of {field}"
