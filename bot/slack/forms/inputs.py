"""Inputs of the edit form, one a value: the element, what stands in it, and the hint below it."""

from typing import TYPE_CHECKING

from bot.slack.blockkit.blocks import Block, bullets, paragraph, plain_text, rich, run
from bot.slack.blockkit.modals import view_weight
from bot.slack.blockkit.text import length, one_line, shorten
from bot.slack.forms.controls import example
from bot.slack.forms.errors import FORMATS, digits_of
from bot.slack.forms.field_types import LONGEST_OPTION, SEVERAL, is_date, is_email, is_link
from bot.slack.forms.field_types import as_input_text as written
from bot.slack.forms.fields import LONGEST_INPUT, Field, FieldType
from bot.slack.forms.parse import ACTION
from bot.slack.forms.places import field_options, is_in_row, row_options
from bot.slack.words import forms as say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from approvals.digest import JSON
    from bot.slack.forms.constraints import Constraints

_LONGEST_PATTERN = 150
_MOST_PATTERNS = 20
_PATTERNS_BYTES = 10_000
_LONGEST_NAME = 80
_MOST_NAMES = 20
_LONGEST_NOTE = 600
_LONGEST_HINT = 1900


def input_block(field: Field, typed: str | None = None, note: str = "") -> Block:
    """The input, with what was typed before or the value as it is; `note` stands before its hint."""
    said = field.shown if typed is None else typed
    block: Block = {
        "type": "input",
        "block_id": field.block_id,
        "label": plain_text(one_line(field.name)),
        "element": _element(field, said),
        # A text may be cleared; Slack lets nobody clear an input that is not optional.
        "optional": field.may_be_empty,
    }
    hint = " ".join(text for text in (note, hint_of(field)) if text)
    return {**block, "hint": plain_text(shorten(hint, _LONGEST_HINT)[0])} if hint else block


def hint_of(field: Field) -> str:
    """What is asked of what stands in the input, in words; empty where anything will do."""
    parts = [_what(field), *_limits(field), _blank(field) if field.blank else _empty(field)]
    if field.part is not None and field.part.number == 1:
        parts.append(say.PARTS_OF_A_LONG_TEXT)
    return " ".join(part for part in parts if part)


def agents_patterns(fields: "Sequence[Field]") -> list[Block]:
    """The patterns of the agent's own schema, as code behind the names of their fields: nothing of it is our word."""
    asked = [(field.name, each) for field in fields for each in _of_agents(field)]
    shown: list[Block] = []
    for name, pattern in asked[:_MOST_PATTERNS]:
        label = shorten(one_line(name), _LONGEST_NAME)[0]
        line = paragraph(run(label or "?", bold=True), run(" "), run(_cut(pattern) or "?", code=True))
        if view_weight([*shown, line]) > _PATTERNS_BYTES:
            break
        shown.append(line)
    if not asked:
        return []
    left = len(asked) - len(shown)
    more = [paragraph(run(say.more_patterns(left)))] if left else []
    return [rich(paragraph(run(say.THE_AGENTS_PATTERNS, italic=True)), bullets([*shown, *more]))]


def _of_agents(field: Field) -> tuple[str, ...]:
    if field.locked is not None or (field.part is not None and field.part.number > 1):
        return ()
    return tuple(dict.fromkeys((*field.constraints.agents_patterns, *field.entries.agents_patterns)))


def takes(field: Field, said: str) -> bool:
    """Whether the input can be filled with this."""
    if field.kind in SEVERAL:
        return {*said.split("\n")} <= {"", *(text for text, _ in field.choices)}
    return not field.choices or any(said == text for text, _ in field.choices)


def stands_now(shown: str) -> str:
    """A note that something else stands in the field by now."""
    text, missing = shorten(one_line(shown), _LONGEST_NOTE)
    return say.stands_there_now(text or "nothing", f"… ({missing} characters more)" if missing else "")


def _element(field: Field, said: str) -> Block:
    match field.kind:
        case FieldType.boolean | FieldType.choice | FieldType.null:
            options = {text: _option(text, _label(field, text, value)) for text, value in field.choices}
            chosen = {"initial_option": options[said]} if said else {}
            return {"type": "static_select", "action_id": ACTION, "options": list(options.values()), **chosen}
        case FieldType.several | FieldType.rows | FieldType.names:
            labels = _labels(field)
            options = {text: _option(text, labels.get(text, text)) for text, _ in field.choices}
            picked = [options[text] for text in dict.fromkeys(said.split("\n")) if text]
            element = {"type": "multi_static_select", "action_id": ACTION, "options": list(options.values())}
            return {**element, "initial_options": picked} if picked else element
        case FieldType.date if is_date(said) or not said:
            return {"type": "datepicker", "action_id": ACTION, **({"initial_date": said} if said else {})}
        case FieldType.email if is_email(said) or not said:
            return {"type": "email_text_input", "action_id": ACTION, **({"initial_value": said} if said else {})}
        case FieldType.uri if is_link(said) or not said:
            return {"type": "url_text_input", "action_id": ACTION, **({"initial_value": said} if said else {})}
        case _:
            return _typing(field, said)


def _label(field: Field, text: str, value: "JSON") -> str:
    """An option's words: the value itself, always, and what the operator's schema calls it, if there is room."""
    if value is None:
        return say.NULL
    title = next((each for other, each in field.constraints.titles if other == value and each != text), None)
    label = f"{text} · {one_line(title)}" if title else text
    return label if length(label) <= LONGEST_OPTION else text


def _labels(field: Field) -> dict[str, str]:
    """The words of options that are no values."""
    if field.kind is FieldType.names:
        return field_options([path for _, path in field.choices])
    return row_options(field.value) if field.kind is FieldType.rows and isinstance(field.value, list) else {}


def _option(text: str, label: str) -> Block:
    return {"text": plain_text(label), "value": text}


def _typing(field: Field, said: str) -> Block:
    # Numbers are typed as text: what a number_input keeps of 1e3, 250.0 or -0.0 is nowhere promised.
    element: Block = {
        "type": "plain_text_input",
        "action_id": ACTION,
        "multiline": field.multiline,
        "max_length": LONGEST_INPUT,
    }
    return {**element, "initial_value": said} if said else element


def _what(field: Field) -> str:
    match field.kind:
        case FieldType.number | FieldType.integer:
            return _number(field.constraints, say.A_WHOLE_NUMBER if field.constraints.whole else "A number")
        case FieldType.lines:
            each = _counted(field.entries.min_length, field.entries.max_length, "character")
            return say.one_per_line(each[:1].lower(), each[1:]) if each else say.ONE_PER_LINE
        case FieldType.numbers:
            return say.ONE_PER_LINE_AND + _number(
                field.entries, say.EACH_A_WHOLE_NUMBER if field.entries.whole else say.EACH_A_NUMBER
            )
        case FieldType.json:
            types = field.constraints.types
            return say.JSON_OR_A_TEXT if field.blank and (not types or "string" in types) else "JSON."
        case FieldType.scalar:
            return _scalar(field)
        case FieldType.text:
            return _text(field.constraints)
        case _:
            return _what_of_control(field)


def _what_of_control(field: Field) -> str:
    match field.kind:
        case FieldType.rows:
            return say.WHAT_IS_NOT_PICKED_IS_TAKEN_OUT
        case FieldType.names:
            left = len(field.value) - len(field.choices) if isinstance(field.value, list) else 0
            return say.A_FIELD_THAT_IS_NOT_PICKED_IS_TAKEN_OUT + (say.more_than_a_menu_lists(left) if left else "")
        case FieldType.null:
            return say.NULL_TAKES_THE_PLACE_OF_ALL_OF_IT
        case FieldType.new_rows:
            return say.write_each_row_as(example(field))
        case FieldType.new_fields:
            return _new_fields(field)
        case _:
            return ""


def _new_fields(field: Field) -> str:
    """How new fields are written, and which there may be."""
    assert field.new is not None
    new = field.new
    names = ", ".join(shorten(one_line(name), _LONGEST_NAME)[0] for name in new.named[:_MOST_NAMES])
    more = f" and {len(new.named) - _MOST_NAMES} more" if len(new.named) > _MOST_NAMES else ""
    which = ""
    if names:
        which = say.these_or_others(names, more) if new.any or new.agents else say.only_these(names, more)
    elif not new.any:
        which = say.ONLY_WHAT_THE_AGENTS_SCHEMA_NAMES
    return f"{say.NEW_FIELDS_ONE_PER_LINE} {which}".strip()


def _scalar(field: Field) -> str:
    assert field.spelling is not None
    if not field.spelling.numbers:
        return _text(field.constraints)
    number = _number(field.constraints, say.A_WHOLE_NUMBER if field.constraints.whole else "A number")
    return f"{number} {say.OR_TEXT}" if field.spelling.texts else number


def _text(constraints: "Constraints") -> str:
    if constraints.decimal is not None:
        return say.a_decimal_number(digits_of(constraints.decimal))
    return "" if constraints.format is None else FORMATS[constraints.format]


def _blank(field: Field) -> str:
    """What it means that nothing stands there, of what the payload does not have yet."""
    typed = field.kind in {FieldType.text, FieldType.number, FieldType.integer}
    null = say.WRITE_NULL_FOR_NULL if typed and field.constraints.nullable else ""
    return f"{null} {_of_what(field)}".strip()


def _of_what(field: Field) -> str:
    if is_in_row(field.path):
        return say.OF_A_NEW_ROW
    return say.NOT_THERE_YET if len(field.path) == 1 else say.OF_AN_OBJECT_THAT_IS_NULL


def _empty(field: Field) -> str:
    """What it means that nothing stands there, where it may be null."""
    if not field.constraints.nullable:
        return ""
    match field.kind:
        case FieldType.scalar if field.spelling is not None and field.spelling.texts:
            return say.EMPTY_IS_NULL_AND_QUOTES_ARE_A_TEXT
        case FieldType.scalar | FieldType.date | FieldType.email | FieldType.uri:
            return say.EMPTY_IS_NULL
        case FieldType.lines | FieldType.numbers:
            return say.EMPTY_IS_NULL_AND_BRACKETS_ARE_A_LIST
        case FieldType.several:
            return say.NOTHING_PICKED_IS_NULL if field.value is None else say.NOTHING_PICKED_IS_A_LIST
        case FieldType.text if field.part is not None:
            return say.ALL_PARTS_EMPTY_ARE_NULL
        case _:
            return ""


def _number(constraints: "Constraints", what: str) -> str:
    low, above, high, below = constraints.minimum, constraints.above, constraints.maximum, constraints.below
    bounds = [
        f"at least {written(low)}" if low is not None else "",
        f"more than {written(above)}" if above is not None else "",
        f"at most {written(high)}" if high is not None else "",
        f"less than {written(below)}" if below is not None else "",
        say.a_multiple_of(written(constraints.multiple_of)) if constraints.multiple_of is not None else "",
    ]
    return ", ".join([what, *(bound for bound in bounds if bound)]) + "."


def _limits(field: Field) -> list[str]:
    constraints = field.constraints
    match field.kind:
        case FieldType.text | FieldType.scalar | FieldType.email | FieldType.uri:
            counted = _counted(constraints.min_length, constraints.max_length, "character")
            own = [say.HAS_TO_MATCH_THE_AGENTS] if constraints.agents_patterns else []
            return [counted, *(_pattern(each) for each in constraints.patterns), *own]
        case FieldType.lines | FieldType.numbers | FieldType.several | FieldType.rows:
            return [_counted(constraints.min_items, constraints.max_items, "entry", "entries")]
        case _:
            return []


def _counted(low: int | None, high: int | None, one: str, many: str = "") -> str:
    several = many or one + "s"
    bounds = [
        f"{word} {count} {one if count == 1 else several}"
        for word, count in (("at least", low), ("at most", high))
        if count
    ]
    said = ", ".join(bounds)
    return said[:1].upper() + said[1:] + "." if said else ""


def _pattern(pattern: str) -> str:
    text, missing = shorten(one_line(pattern), _LONGEST_PATTERN)
    return say.has_to_match(text, f"… ({missing} characters more)" if missing else "")


def _cut(pattern: str) -> str:
    text, missing = shorten(one_line(pattern), _LONGEST_PATTERN)
    return f"{text}… ({missing} characters more)" if missing else text
