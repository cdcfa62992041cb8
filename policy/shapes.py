"""The words of the policy file: ids, names, patterns, durations, each with what to write instead."""

import re
from typing import Annotated, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator

from approvals.gate import Tier
from approvals.proposal import Source

T = TypeVar("T")
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
LONGEST_DURATION = 30 * UNITS["d"]


class Misshapen(ValueError):
    """A value of the wrong shape, with what to write instead."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


def _shaped(pattern: str, message: str, remedy: str) -> AfterValidator:
    shape = re.compile(pattern)

    def check(value: str) -> str:
        if not shape.fullmatch(value):
            raise Misshapen(f"{value!r} {message}", remedy)
        return value

    return AfterValidator(check)


def _duration(value: object) -> int:
    written = re.fullmatch(r"([1-9][0-9]{0,8})([smhd])", value) if isinstance(value, str) else None
    if written is None:
        raise Misshapen(f"{value!r} is no duration", "Write a whole number and its unit: 90s, 30m, 1h, 2d.")
    seconds = int(written[1]) * UNITS[written[2]]
    if seconds > LONGEST_DURATION:
        raise Misshapen(f"{value} is longer than 30d", "Nobody should wait that long for an answer.")
    return seconds


def _tier(value: object) -> Tier:
    if value not in [tier.value for tier in Tier]:
        raise Misshapen(f"{value!r} is no tier", "Write auto, approve or block.")
    return Tier(value)


def _source(value: object) -> Source:
    if value not in list(Source):
        raise Misshapen(f"{value!r} is no source", "Write trusted or untrusted.")
    return Source(str(value))


def _one_or_more(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _each_once(values: list[T]) -> list[T]:
    for number, value in enumerate(values):
        if value in values[:number]:
            raise Misshapen(f"{value!r} is there twice", "Name each once.")
    return values


def _callback(pattern: str) -> str:
    parts = urlsplit(pattern)
    if parts.scheme != "https":
        raise Misshapen(f"{pattern!r} is not https", "Answers to agents leave encrypted: write https://….")
    if not re.fullmatch(r"[A-Za-z0-9.-]+(:[0-9]{1,5})?", parts.netloc) or not parts.path.startswith("/"):
        raise Misshapen(f"{pattern!r} has no plain host and path", "Write https://host/path, with * in the path only.")
    if re.search(r"[^\x21-\x7e]|[\\?#]", pattern):
        raise Misshapen(f"{pattern!r} has a blank, a query or a fragment", "Write https://host/path/*.")
    return pattern


def _offered(value: int) -> int:
    if isinstance(value, bool) or value != 1:
        raise Misshapen(f"{value!r} is no version of this file's format", "Write version: 1.")
    return value


NAME = r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}"
_NAMED = "Use 1 to 64 letters, digits, dots, dashes and underscores, a letter or digit first."
Name = Annotated[str, _shaped(NAME, "is no name", _NAMED)]
User = Annotated[str, _shaped(r"[UW][A-Z0-9]{1,30}", "is no Slack user id", "Copy the member id: U0ALICE.")]
Group = Annotated[str, _shaped(r"S[A-Z0-9]{1,30}", "is no Slack user group id", "It looks like S0FINANCE.")]
Channel = Annotated[
    str, _shaped(r"[CG][A-Z0-9]{1,30}", "is no Slack channel id", "Copy the id from the channel's details: C0SUPPORT.")
]
ActionName = Annotated[
    str, _shaped(r"[a-z0-9_.-]{1,100}", "is no action", "Use 1 to 100 of a-z, 0-9, dot, dash and underscore.")
]
ActionPattern = Annotated[
    str,
    _shaped(
        r"[a-z0-9_.*-]{1,100}", "is no action pattern", "Use a-z, 0-9, dot, dash, underscore; * is any run of them."
    ),
]
Variable = Annotated[
    str, _shaped(r"[A-Za-z_][A-Za-z0-9_]*", "is no environment variable", "Name the variable, not its content.")
]
Digest = Annotated[
    str, _shaped(r"[0-9a-f]{64}", "is no SHA-256 in hex", "`signoff token new` prints one: 64 of 0-9 and a-f.")
]
Duration = Annotated[int, BeforeValidator(_duration)]
Sentence = Annotated[
    str, _shaped(r"(?=.*\S)[^\x00-\x1f\x7f]{1,300}", "is no single line", "Write one line of 1 to 300 characters.")
]
TierName = Annotated[Tier, BeforeValidator(_tier)]
SourceName = Annotated[Source, BeforeValidator(_source)]
CallbackPattern = Annotated[str, AfterValidator(_callback)]
Version = Annotated[int, AfterValidator(_offered)]
Several = BeforeValidator(_one_or_more)
EachOnce = AfterValidator(_each_once)
