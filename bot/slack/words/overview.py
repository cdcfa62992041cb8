"""Overview of a long payload: what occurs in it, what is alike, and what differs from the rest."""

# ruff: noqa: D103 - a sentence says itself what it is

IN_SHORT = "In short"
NOTHING_IS_LEFT_OUT = "Made by our code; what runs is the whole text."
STATEMENTS = "SQL in"
SQL_NOT_UNDERSTOOD = "not understood: read it"
CODE_NOT_LOOKED_INTO = "code or text in $…$, not looked into"
WITHOUT_WHERE = " without WHERE"
A_NAME_NOT_UNDERSTOOD = "(a name not understood)"
MORE_THAN_IS_LOOKED_AT = "more than is looked at: read it"
MAIL_ADDRESSES = "Mail addresses"
LINKS = "Links"
FILES = "Files"
UNLIKE_THE_REST = "Unlike the rest: "
OUT_OF_THE_USUAL = "Out of the usual: "
ALL_FIELDS = "all fields"
AN_EMPTY_ONE = "(empty)"


def not_understood(word: str) -> str:
    return f"not understood: {word}"


def recipients(field: str) -> str:
    return field.capitalize()


def so_many(count: int, thing: str) -> str:
    return f"{count:,} {thing if count == 1 else _several(thing)}"


def kinds_of(label: str, count: int, thing: str, kinds: int) -> str:
    return f"{label}: {so_many(count, thing)} of {so_many(kinds, 'kind')}"


def place(thing: str, number: int) -> str:
    return f"{thing.capitalize()} {number:,}"


def more_like_this(count: int) -> str:
    return f"{count:,} more like this: "


def more_unlike(count: int, thing: str) -> str:
    return f"… and {so_many(count, 'more kind')} of {thing}, in the whole text"


def more_of_the_usual(count: int) -> str:
    return f"… and {count:,} more out of the usual"


def and_more(count: int) -> str:
    return f" … and {count:,} more"


def times(count: int) -> str:
    return f" ({count:,})"


def in_some(count: int) -> str:
    return f" in {count:,} of them"


def in_all(total: str) -> str:
    return f" adds up to {total}"


WHERE_OTHERS_HAVE = " where others have "


def left_of_it(characters: str) -> str:
    return f"… {characters} more of it in the whole text"


def more_lists(count: int) -> str:
    return f"… and {so_many(count, 'more long part')}"


def _several(thing: str) -> str:
    return f"{thing[:-1]}ies" if thing.endswith("y") else f"{thing}s"
