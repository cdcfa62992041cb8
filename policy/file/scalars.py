"""Scalars of the policy file: ids, names, patterns, durations, each with what to write instead."""

import re
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Any, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, GetCoreSchemaHandler, GetJsonSchemaHandler, WithJsonSchema
from pydantic_core import CoreSchema, core_schema

from approvals.budget import Per
from approvals.card_title import BadTitle, Slot, parse_title
from approvals.gate import Confirmation, Tier
from approvals.moves.confirmation import NAME as ACTION_NAME
from approvals.paths import DEEPEST, PAYLOAD, STEP, BadPath, canonical_path, path_text, steps
from approvals.proposal import Source

T = TypeVar("T")
LONGEST_OPTION = 75
INSIDE = "payload."
"""What stands in front of a field where a key takes other words than fields."""


class WrongShape(ValueError):
    """A value of the wrong shape, with what to write instead."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Shape:
    """Text of one pattern: how it is checked, what to write instead, and how JSON Schema says it."""

    pattern: str
    message: str
    remedy: str
    example: str
    secret: bool = False
    """Whether what is written here by mistake may be a secret, and is quoted nowhere."""

    def checked(self, value: str) -> str:
        """The value; raises Misshapen."""
        if not re.fullmatch(self.pattern, value):
            raise WrongShape(self.message if self.secret else f"{value!r} {self.message}", self.remedy)
        return value

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.checked, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {**handler(schema), "pattern": f"^{self.pattern}$", "examples": [self.example]}


class OneOrMore:
    """One text stands for a list of it."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(_one_or_more, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        listed = handler(schema)
        return {"anyOf": [listed["items"], listed]}


class Distinct:
    """A list that names each once."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(_each_once, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {**handler(schema), "uniqueItems": True}


def _tier(value: object) -> Tier:
    if value not in [tier.value for tier in Tier]:
        raise WrongShape(f"{value!r} is no tier", f"Write {_either([tier.value for tier in Tier])}.")
    return Tier(value)


def _source(value: object) -> Source:
    if value not in list(Source):
        raise WrongShape(f"{value!r} is no source", "Write trusted or untrusted.")
    return Source(str(value))


def _either(words: list[str]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}"


def _one_or_more(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _each_once(values: list[T]) -> list[T]:
    for number, value in enumerate(values):
        if value in values[:number]:
            raise WrongShape(f"{value!r} is there twice", "Name each once.")
    return values


def _callback(pattern: str) -> str:
    parts = urlsplit(pattern)
    if parts.scheme not in ("https", "http"):
        raise WrongShape(f"{pattern!r} is no web address", "Answers to agents leave encrypted: write https://….")
    if not re.fullmatch(r"[A-Za-z0-9.-]+(:[0-9]{1,5})?", parts.netloc) or not parts.path.startswith("/"):
        raise WrongShape(f"{pattern!r} has no plain host and path", "Write https://host/path, with * in the path only.")
    if re.search(r"[^\x21-\x7e]|[\\?#]", pattern):
        raise WrongShape(f"{pattern!r} has a blank, a query or a fragment", "Write https://host/path/*.")
    return pattern


def _offered(value: int) -> int:
    if isinstance(value, bool) or value != 1:
        raise WrongShape(f"{value!r} is no version of this file's format", "Write version: 1.")
    return value


def _titled(title: str) -> str:
    try:
        parse_title(title)
    except BadTitle as bad:
        raise WrongShape(
            f"{bad.piece!r} is no place of a title", f"Places are {PLACES}; double a brace that is meant as one."
        ) from None
    return title


def _named_by(template: str) -> str:
    try:
        pieces = parse_title(template)
    except BadTitle as bad:
        raise WrongShape(
            f"{bad.piece!r} is no place of an effect", f"Places are {PLACES}; double a brace that is meant as one."
        ) from None
    if not any(isinstance(piece, Slot) and piece.path is not None for piece in pieces):
        remedy = "Name what is done once by the field that says which: refund:{payload.payment_id}."
        raise WrongShape(f"{template!r} names no field, so all that the rule is about would be one effect", remedy)
    return template


def _daytime(value: object) -> int:
    match = re.fullmatch(DAYTIME, value) if isinstance(value, str) else None
    if match is None:
        raise WrongShape(f"{value!r} is no time of day", "Write it in quotes, by 24 hours: '09:00', '17:30', '24:00'.")
    hours, minutes = match[0].split(":")
    return int(hours) * 60 + int(minutes)


def _weekday(value: object) -> int:
    if value not in WEEKDAYS:
        raise WrongShape(f"{value!r} is no day", f"Write {_either(list(WEEKDAYS))}.")
    return WEEKDAYS.index(str(value))


_CODE = "totp"
"""The one kind of code there is: RFC 6238."""


def _confirmation(value: object) -> Confirmation:
    if value == "ask":
        return Confirmation()
    if value == "type":
        return Confirmation(typed=(ACTION_NAME,))
    wanted = value if isinstance(value, dict) and value and value.keys() <= {"type", "code"} else {"code": None}
    path, code = wanted.get("type", ACTION_NAME), wanted.get("code", _CODE)
    if not isinstance(path, str) or code != _CODE:
        message = f"{value!r} is nothing that an approval can take beside the click"
        remedy = "Write ask, type, {type: amount} with a field of the payload, {code: totp}, or both of these."
        raise WrongShape(message, remedy)
    return Confirmation(typed=(_field(path),) if "type" in wanted else (), code="code" in wanted)


def _field(value: str) -> str:
    """The path in the one way to write it."""
    try:
        return canonical_path(value)
    except BadPath:
        raise WrongShape(f"{value!r} is no field of a payload", _WAY_TO_A_FIELD) from None


def _field_of_the_payload(value: str) -> str:
    return INSIDE + _field(value)


def _per(value: str) -> str:
    """What a budget is for each of."""
    if value in tuple(Per):
        return value
    if not value.startswith(INSIDE):
        remedy = f"Write {_either([*map(str, Per), 'a field such as payload.customer'])}."
        raise WrongShape(f"{value!r} is nothing that a budget is for each of", remedy)
    return _field_of_the_payload(value)


def _top_level(value: str) -> str:
    """The name of a field that is not inside of another."""
    first, *further = steps(_field(value))
    if further:
        remedy = f"Write {path_text([first])} for all of it; put quotes around a name that has a dot."
        raise WrongShape(f"{value!r} is inside of a field, and edit names whole ones", remedy)
    return first


def _option(value: str) -> str:
    """Slack takes 75 in an option, as it counts them: UTF-16 units, with what its markup escapes spelled out."""
    if any("\ud800" <= char <= "\udfff" for char in value):
        raise WrongShape(f"{value!r} has half a character", "Write emoji as they are, not as two escapes.")
    length = len(value.encode("utf-16-le")) // 2 + 4 * value.count("&") + 3 * (value.count("<") + value.count(">"))
    if length > LONGEST_OPTION:
        raise WrongShape(f"{value!r} is too long for Slack's list", "Shorten it; &, < and > count for four or five.")
    return value


def _chosen(*members: Enum) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "enum": [member.value for member in members]})


NAME = r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}"
_NAMED = "Use 1 to 64 letters, digits, dots, dashes and underscores, a letter or digit first."
Name = Annotated[str, Shape(NAME, "is no name", _NAMED, "support")]
User = Annotated[str, Shape(r"[UW][A-Z0-9]{1,30}", "is no Slack user id", "Copy the member id: U0ALICE.", "U0ALICE")]
Group = Annotated[str, Shape(r"S[A-Z0-9]{1,30}", "is no Slack user group id", "It looks like S0FINANCE.", "S0FINANCE")]
Channel = Annotated[
    str,
    Shape(
        r"[CG][A-Z0-9]{1,30}",
        "is no Slack channel id",
        "Copy the id from the channel's details: C0SUPPORT.",
        "C0SUPPORT",
    ),
]
ActionName = Annotated[
    str,
    Shape(
        r"[a-z0-9_.-]{1,100}", "is no action", "Use 1 to 100 of a-z, 0-9, dot, dash and underscore.", "refund.create"
    ),
]
ActionPattern = Annotated[
    str,
    Shape(
        r"[a-z0-9_.*-]{1,100}",
        "is no action pattern",
        "Use a-z, 0-9, dot, dash, underscore; * is any run of them.",
        "refund.*",
    ),
]
Variable = Annotated[
    str,
    Shape(
        r"[A-Za-z_][A-Za-z0-9_]*",
        "is no environment variable",
        "Name the variable, not its content.",
        "SUPPORT_BOT_TOKEN",
        secret=True,
    ),
]
Digest = Annotated[
    str,
    Shape(
        r"[0-9a-f]{64}",
        "is no SHA-256 in hex",
        "`signoff token new` prints one: 64 of 0-9 and a-f.",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        secret=True,
    ),
]
Sentence = Annotated[
    str,
    Shape(
        r"(?=.*\S)[^\x00-\x1f\x7f]{1,300}",
        "is no single line",
        "Write one line of 1 to 300 characters.",
        "Refund above 100",
    ),
]
RejectReason = Annotated[
    str,
    Shape(
        r"\S([^\x00-\x1f\x7f]{0,73}\S)?",
        "is no short reason",
        "Write one line of 1 to 75 characters, without blanks around it.",
        "Wrong customer",
    ),
    AfterValidator(_option),
]
DAYTIME = r"([01][0-9]|2[0-3]):[0-5][0-9]|24:00"
Daytime = Annotated[
    int,
    BeforeValidator(_daytime),
    WithJsonSchema({"type": "string", "pattern": f"^({DAYTIME})$", "examples": ["09:00", "17:30"]}),
]
"""Minutes after midnight."""
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Weekday = Annotated[
    int, BeforeValidator(_weekday), WithJsonSchema({"type": "string", "enum": list(WEEKDAYS), "examples": ["mon"]})
]
"""0 is Monday."""
Zone = Annotated[
    str,
    Shape(
        r"[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*",
        "is no name of a time zone",
        "Write a name of the IANA database.",
        "Europe/Berlin",
    ),
]
_WAY_TO_A_FIELD = (
    'Write the names on the way to it with dots between, in quotes where a name has a dot: data."tls.key".'
)
PATH = rf"(?!{PAYLOAD}$){STEP}(\.{STEP}){{0,{DEEPEST}}}"
"""As editors check it; what is loaded is read by `approvals.paths`."""
_PATH_SCHEMA = {"type": "string", "pattern": f"^{PATH}$"}
_INSIDE_PATH = rf"^{PAYLOAD}\.{STEP}(\.{STEP}){{0,{DEEPEST}}}$"
PayloadPath = Annotated[
    str, AfterValidator(_field_of_the_payload), WithJsonSchema({**_PATH_SCHEMA, "examples": ["payload.to"]})
]
"""Kept with `payload.` in front."""
BudgetPer = Annotated[
    str,
    AfterValidator(_per),
    WithJsonSchema(
        {"anyOf": [{"type": "string", "enum": [str(each) for each in Per]}, {**_PATH_SCHEMA, "pattern": _INSIDE_PATH}]}
    ),
]
"""One of Per, or a field with `payload.` in front."""
ConfirmationKey = Annotated[
    Confirmation,
    BeforeValidator(_confirmation),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "enum": ["ask", "type"]},
                {
                    "type": "object",
                    "properties": {
                        "type": {**_PATH_SCHEMA, "examples": ["amount"]},
                        "code": {"type": "string", "enum": [_CODE]},
                    },
                    "minProperties": 1,
                    "additionalProperties": False,
                },
            ],
        }
    ),
]
"""What an approval takes beside the click."""
PayloadField = Annotated[str, AfterValidator(_field), WithJsonSchema({**_PATH_SCHEMA, "examples": ["customer.name"]})]
"""Kept without `payload.` in front."""
TopLevelField = Annotated[str, AfterValidator(_top_level), WithJsonSchema({**_PATH_SCHEMA, "examples": ["amount"]})]
"""Kept as the name itself."""
PLACES = "{payload.amount} and the like, and action in braces"
Title = Annotated[
    str,
    Shape(
        r"(?=.*\S)[^\x00-\x1f\x7f]{1,120}",
        "is no title",
        "Write one line of 1 to 120 characters.",
        "Refund {payload.amount} {payload.currency} to {payload.customer}",
    ),
    AfterValidator(_titled),
]
Effect = Annotated[
    str,
    Shape(
        r"(?=.*\S)[^\x00-\x1f\x7f]{1,120}",
        "is no name of an effect",
        "Write one line of 1 to 120 characters.",
        "refund:{payload.payment_id}",
    ),
    AfterValidator(_named_by),
]
TierName = Annotated[Tier, BeforeValidator(_tier), _chosen(*Tier)]
TierAsking = Annotated[Tier, BeforeValidator(_tier), _chosen(*(tier for tier in Tier if not tier < Tier.approve))]
"""What lint lets a default be, said to editors too."""
SourceName = Annotated[Source, BeforeValidator(_source), _chosen(*Source)]
CallbackPattern = Annotated[
    str,
    AfterValidator(_callback),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^https://[A-Za-z0-9.-]+(:[0-9]{1,5})?/[!-\"$->@-\[\]-~]*$",
            "examples": ["https://agents.example.com/hooks/*"],
        }
    ),
]
Version = Annotated[int, AfterValidator(_offered), WithJsonSchema({"const": 1})]
Several = OneOrMore()
EachOnce = Distinct()
