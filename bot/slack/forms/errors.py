"""Input errors: what is wrong with a value that the schemas do not take, and what to do, for the input it came from."""

import re
from typing import TYPE_CHECKING

from bot.slack.blockkit.text import one_line, shorten
from bot.slack.forms.field_types import LISTS, FieldType, as_input_text
from bot.slack.forms.unions import type_of
from bot.slack.words import forms as say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from approvals.digest import JSON
    from approvals.refusals import Fault
    from bot.slack.forms.constraints import Constraints
    from bot.slack.forms.fields import Field
    from policy.json_schema.patterns import Digits

FORMATS = {
    "date": say.WRITE_A_DATE_AS_YEAR_MONTH,
    "time": say.WRITE_A_TIME_WITH_ITS_OFFSET,
    "date-time": say.WRITE_DATE_AND_TIME,
    "email": say.WRITE_ONE_E_MAIL_ADDRESS,
    "uri": say.WRITE_A_WHOLE_WEB_ADDRESS,
    "duration": say.WRITE_A_DURATION,
    "uuid": say.WRITE_A_UUID,
    "ipv4": say.WRITE_AN_IPV4_ADDRESS,
    "ipv6": say.WRITE_AN_IPV6_ADDRESS,
    "hostname": say.WRITE_A_HOST_NAME,
}
_TIME = r"[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?"
_NAIVE = {"time": re.compile(_TIME), "date-time": re.compile(rf"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}[Tt ]{_TIME}")}
"""A time in words of its format, but for where in the world."""
LONGEST_ERROR = 500
_LONGEST_NAMED = 100
_MOST_NAMED = 8
_MOST_LINES = 5
_KNOWN = re.compile(
    "^is (less|greater) than |^is (shorter|longer) than |^does not match |^is not one of |was expected$"
    '|^is not an? "|^is not a multiple |^has (less|more) than |^has non-unique |^is not of type'
)
"""How the schemas say what is said here in other words."""
_STANDARD = re.compile(
    r"is not a field of this action|has non-unique elements"
    r"|is (less|greater) than (or equal to )?the (minimum|maximum) of [-+0-9.eE]+"
    r"|is (shorter|longer) than [0-9]+ characters?|has (less|more) than [0-9]+ (items?|properties|property)"
    r"|is not a multiple of [-+0-9.eE]+"
    r'|is not of types? "(null|boolean|object|array|number|string|integer)"(, "[a-z]+")*'
    r"|fits more than one of what oneOf lists, and may fit only one|fits none of what it may be"
)
"""What a schema can say in nobody's words but the standard's; of what is missing it would give the name."""
_OFFERED = re.compile("is not one of (.+?)(?:, nor of (.+))?")
_FORBIDDEN = re.compile("must not match (.+)")
_NO_TYPE = re.compile("is not of type")
_NO_MULTIPLE = re.compile("is not a multiple")
_NO_MATCH = re.compile("does not match")


def corrected(field: "Field", value: "JSON", faults: "Sequence[Fault]") -> "tuple[list[str], list[Fault]]":
    """What to do about the value, a sentence each, and the faults for which the schema's own words have to do."""
    inside = field.kind in LISTS | {FieldType.rows} and isinstance(value, list)
    own = [fault for fault in faults if fault.pointer == field.pointer or (inside and _below(field, fault))]
    said = _of_list(field, value, own) if inside else _of_scalar(value, field.constraints, _details(own, field.pointer))
    explained = [fault for fault in own if said and _KNOWN.search(fault.detail)]
    return said, [fault for fault in faults if fault not in explained]


def in_words(detail: str) -> str:
    """What the operator's schema says, as something to do."""
    if found := _OFFERED.fullmatch(detail):
        others = [say.TYPES.get(name, name) for name in re.findall('"([a-z]+)"', found[2] or "")]
        listed = ", ".join(dict.fromkeys([*found[1].split(", "), *others]))
        return say.write_one_of_these(listed.replace("null", "null: nothing"), "", null=False)
    if found := _FORBIDDEN.fullmatch(detail):
        return say.write_so_that_it_does_not_match(_named(found[1]))
    return detail


def of_agents(about: str, detail: str, *, agents: bool) -> str:
    """What a schema says of something, with what it is about.

    Where the `agents` own schema may have said it, only in the standard's words: its own are not ours to say.
    """
    return (
        f"{about}{in_words(detail)}"
        if not agents or _STANDARD.fullmatch(detail)
        else say.NOT_WHAT_THE_AGENTS_SCHEMA_ASKS
    )


def shortened(sentence: str) -> str:
    """The sentence as far as Slack shows it on an input, with how much is missing."""
    missing = len(sentence) - LONGEST_ERROR
    return sentence if missing <= 0 else f"{sentence[:LONGEST_ERROR]}… ({missing} characters more)"


def _below(field: "Field", fault: "Fault") -> bool:
    return fault.pointer.startswith(field.pointer + "/")


def _details(faults: "Sequence[Fault]", pointer: str) -> str:
    """All that the schemas say of one value."""
    return " ".join(fault.detail for fault in faults if fault.pointer == pointer)


def _of_list(field: "Field", value: "JSON", faults: "Sequence[Fault]") -> list[str]:
    assert isinstance(value, list)
    low, high = field.constraints.min_items, field.constraints.max_items
    said = []
    if low is not None and len(value) < low:
        said.append(say.there_have_to_be_at_least(low, len(value)))
    if high is not None and len(value) > high:
        said.append(say.there_may_be_at_most(high, len(value)))
    if field.constraints.unique and len({*map(repr, value)}) < len(value):
        said.append(say.NO_ENTRY_MAY_STAND_HERE_TWICE)
    wrong = [
        (number, text)
        for number, one in enumerate(value, start=1)
        for text in _of_scalar(one, field.entries, _details(faults, f"{field.pointer}/{number - 1}"))
    ]
    said += [f"Line {number}: {text}" for number, text in wrong[:_MOST_LINES]]
    return said + ([say.more_are_wrong(len(wrong) - _MOST_LINES)] if len(wrong) > _MOST_LINES else [])


def _of_scalar(value: "JSON", constraints: "Constraints", found: str) -> list[str]:
    """`found` is what the schemas say: what is not judged here again counts only where they complain of it."""
    if constraints.enum is not None and not any(_same(value, each) for each in constraints.enum):
        theirs = say.WRITE_ONE_OF_THE_AGENTS_OR_NULL if constraints.nullable else say.WRITE_ONE_OF_THE_AGENTS
        return [theirs if constraints.agents_enum else _one_of(constraints.enum)]
    said = []
    if isinstance(value, str):
        said = _of_text(value, constraints, found)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        said = _of_number(value, constraints, found)
    return said or _of_type(constraints, found)


def _same(one: "JSON", other: "JSON") -> bool:
    return type_of(one) == type_of(other) and as_input_text(one) == as_input_text(other)


def _of_type(constraints: "Constraints", found: str) -> list[str]:
    named = [words for name, words in say.TYPES.items() if name in constraints.types]
    if not named or not _NO_TYPE.search(found):
        return []
    return [say.this_has_to_be(" or ".join(named), null=constraints.nullable)]


def _of_number(value: float, constraints: "Constraints", found: str) -> list[str]:
    low, above, high, below = constraints.minimum, constraints.above, constraints.maximum, constraints.below
    said = []
    if constraints.whole and value != int(value):
        said.append(say.WRITE_A_WHOLE_NUMBER)
    if low is not None and value < low:
        said.append(say.write_or_more(as_input_text(low)))
    if above is not None and value <= above:
        said.append(say.write_more_than(as_input_text(above)))
    if high is not None and value > high:
        said.append(say.write_or_less(as_input_text(high)))
    if below is not None and value >= below:
        said.append(say.write_less_than(as_input_text(below)))
    if constraints.multiple_of is not None and _NO_MULTIPLE.search(found):
        said.append(say.write_a_multiple_of(as_input_text(constraints.multiple_of)))
    return said


def _of_text(value: str, constraints: "Constraints", found: str) -> list[str]:
    low, high = constraints.min_length, constraints.max_length
    if low and not value:
        return [say.THIS_MUST_NOT_BE_EMPTY]
    said = []
    if low is not None and len(value) < low:
        said.append(say.write_at_least_characters(low, len(value)))
    if high is not None and len(value) > high:
        said.append(say.write_at_most_characters(high, len(value)))
    if constraints.format is not None and f'"{constraints.format}"' in found:
        said.append(_of_format(value, constraints.format))
    if _NO_MATCH.search(found) and constraints.decimal is not None:
        said.append(say.write_a_decimal_number(digits_of(constraints.decimal)))
    if _NO_MATCH.search(found):
        said += [say.write_so_that_it_matches(_named(each)) for each in constraints.patterns]
        said += [say.WRITE_SO_THAT_IT_MATCHES_THE_AGENTS] if constraints.agents_patterns else []
    return said


def _of_format(value: str, name: str) -> str:
    lacking = _NAIVE.get(name)
    return say.add_the_offset(value.replace(" ", "T")) if lacking and lacking.fullmatch(value) else FORMATS[name]


def digits_of(decimal: "Digits") -> str:
    """The limits of a decimal number, to follow what it is."""
    limits = ((decimal.before, say.BEFORE_THE_POINT), (decimal.after, say.AFTER_IT), (decimal.all, ""))
    return "".join(say.digits(count, where) for count, where in limits if count is not None)


def _one_of(values: "Sequence[JSON]") -> str:
    own = [each for each in values if each is not None]
    named = [_named(as_input_text(each)) for each in own[:_MOST_NAMED]]
    more = f" or {len(own) - _MOST_NAMED} others" if len(own) > _MOST_NAMED else ""
    return say.write_one_of_these(", ".join(named), more, null=None in values)


def _named(text: str) -> str:
    shown, missing = shorten(one_line(text), _LONGEST_NAMED)
    return shown + (f"… ({missing} characters more)" if missing else "")
