"""Example proposals for a policy that somebody tries: what an agent of it can ask, so that people see a card."""

import json
import re
import shlex
from typing import TYPE_CHECKING, Any

from approvals.gate import Tier
from policy.patterns import matches

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from policy.file.rulebook import AgentEntry, Rulebook, RuleEntry

_COMPARED = re.compile(r"payload\.(\w+)\s*(>=?|<=?|==)\s*(-?\d+(?:\.\d+)?|\"[^\"\\]*\"|true|false)")
"""What a condition says of one field, where it is plain."""
_NAMED = re.compile(r"\{payload\.(\w+)\}")
_SAMPLES: dict[str, object] = {"boolean": False, "integer": 250, "number": 250, "array": [], "object": {}}


def example(book: "Rulebook", agent: "AgentEntry", folder: "Path") -> str:
    """Arguments of `signoff ask` for the first rule with which people are asked; a start, that a schema may refuse."""
    asking = sorted(
        (each for each in book.rules.values() if each.tier is Tier.approve), key=lambda each: "*" in each.action
    )
    for rule in asking:
        action = rule.action.replace("*", "try")
        if any(matches(pattern, action) for pattern in agent.actions):
            payload = {**_of_schema(book, action, folder), **_of_rule(rule)}
            return _arguments(action, payload or {"amount": 250})
    return _arguments(agent.actions[0].replace("*", "try"), {"amount": 250})


def examples(book: "Rulebook", agent: "AgentEntry", folder: "Path") -> "Iterator[tuple[str, dict[str, Any]]]":
    """An action and a payload for each rule that meets what the agent may ask for, and for each of its own patterns.

    As the rule wants it, and as its schema alone does; either may be refused, and another rule may match as well.
    """
    for rule in book.rules.values():
        for pattern in agent.actions:
            action = rule.action.replace("*", "try") if matches(pattern, rule.action.replace("*", "try")) else None
            if action is None and matches(rule.action, pattern.replace("*", "try")):
                action = pattern.replace("*", "try")
            if action is not None:
                needed = _of_schema(book, action, folder)
                yield action, {**needed, **_of_rule(rule)} or {"amount": 250}
                yield action, needed or {"amount": 1}
    for pattern in agent.actions:
        action = pattern.replace("*", "try")
        yield action, _of_schema(book, action, folder) or {"amount": 250}


def _arguments(action: str, payload: "Mapping[str, object]") -> str:
    return f"--action {action} --payload {shlex.quote(json.dumps(payload, ensure_ascii=False))}"


def _of_rule(rule: "RuleEntry") -> "dict[str, object]":
    """The fields that a rule compares, with values that meet it; of its title only what no schema gives."""
    payload: dict[str, object] = {}
    for field, sign, text in (found for each in rule.when for found in _COMPARED.findall(each)):
        value = json.loads(text)
        beyond = {">": 1, "<": -1}.get(sign, 0)
        payload[field] = value + beyond if beyond and not isinstance(value, (str, bool)) else value
    return payload


def _of_schema(book: "Rulebook", action: str, folder: "Path") -> "dict[str, object]":
    """What the schema requires; without one, the fields that titles of rules for the action name."""
    if (path := book.schemas.get(action)) is None:
        titles = [each.title or "" for each in book.rules.values() if matches(each.action, action)]
        return {field: "example" for title in titles for field in _NAMED.findall(title)}
    schema = json.loads((folder / path).read_text(encoding="utf-8"))
    fields = schema.get("properties", {})
    return {field: _sample(fields.get(field, {})) for field in schema.get("required", [])}


def _sample(field: Any) -> object:
    if not isinstance(field, dict):
        return "example"
    chosen = (
        field.get("enum") or field.get("examples") or [field[word] for word in ("const", "default") if word in field]
    )
    return chosen[0] if chosen else _SAMPLES.get(str(field.get("type")), "example")
