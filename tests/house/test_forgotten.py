"""What is easily forgotten when something is added: for each step of a recipe in docs/architecture.md that nothing else
would miss, a test that does.
"""

import ast
import inspect
from dataclasses import fields
from pathlib import Path

from approvals import refusals
from approvals.effects import AgentEvent
from approvals.gate import Gate
from approvals.lifecycle import Lifecycle
from approvals.proposal import Ask
from bot.api.requests import ProposalSent
from bot.slack.cards.buttons import DETAILS, MENU
from bot.slack.listeners.actions import ACTIONS
from bot.slack.words.history import _VERBS
from policy.explain import Proposed
from policy.rules import Rule
from signoff_client.flows import Fields
from tests.house.over import of_every
from tests.house.tree import ROOT, parsed

LOOKS = ("may", "preview_", "edit_faults")
"""How the names of those begin that change nothing."""
JOURNEYS = {
    "approve_and_next": "test_remember_approval",
    "end_remembered": "test_remember_approval",
}
"""Where a verb is walked that has no journey of its own name."""
NOT_AT_RANDOM = {"approve_and_next", "end_remembered"}
"""Verbs that need terms of the policy which the laws over the database do not have."""
TURNS = {"details", "more", "batch_review", "flood_review", "open_review", "go_on"}
"""Actions by which nobody does anything yet: what they open is refused under a name of its own, or is a page."""
UNSHOWN = {"agent", "source", "payload_schema", "traceparent", "expires_in", "callback_url"}
"""What is said beside an action and stands on no card as text of the agent's."""
NOT_TEXT = {"confidence", "on_behalf_of"}
"""A number, and a person: neither can repeat what is redacted."""
NOT_EXPLAINED = {
    *("expires_in", "execute_within", "report_within", "max_expires_in", "remind", "escalate", "hours"),
    *("self_review", "policy_version", "second_people", "facts", "earlier_rejection", "choices"),
}
"""Of a gate: what `explain` tells as moments or with the rules, knows of what is kept alone, or what asks nothing."""


def verbs():
    """Every verb of the lifecycle that is somebody's: of a person or of an agent, about one thing."""
    for name, method in inspect.getmembers(Lifecycle, inspect.iscoroutinefunction):
        asked = inspect.signature(method).parameters
        if name[0] != "_" and not name.startswith(LOOKS) and {"reviewer", "reason", "digest"} & asked.keys():
            yield name


def named(path, function=None):
    """The strings, names of arguments and attributes in a file of ours, or in one function of it."""
    tree = parsed(Path(path))
    if function is not None:
        (tree,) = (node for node in ast.walk(tree) if getattr(node, "name", None) == function)
    nodes = list(ast.walk(tree))
    return (
        {node.value for node in nodes if isinstance(node, ast.Constant)}
        | {node.arg for node in nodes if isinstance(node, ast.keyword)}
        | {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    )


@of_every(list(verbs()))
def test_every_verb_is_walked_from_the_click_or_the_request_to_the_card(verb):
    assert (ROOT / "tests" / "journeys" / f"{JOURNEYS.get(verb, f'test_{verb}')}.py").is_file()


@of_every(sorted(set(verbs()) - NOT_AT_RANDOM))
def test_every_verb_is_tried_at_random_against_the_database(verb):
    assert verb in named("tests/storage/test_lifecycle_laws.py", "LifecycleLaws")


def test_the_tree_at_the_head_of_the_refusals_has_all_of_them():
    kinds = [each for each in vars(refusals).values() if isinstance(each, type) and issubclass(each, refusals.Refusal)]
    assert [kind.__name__ for kind in kinds if kind.__name__ not in refusals.__doc__] == []


def test_whoever_was_told_no_is_told_of_in_words_whatever_they_tried():
    acts = {name for name in ACTIONS if not name.endswith(("_next", "_back")) or name in _VERBS} - TURNS
    assert (set(MENU) - {DETAILS} | acts) - _VERBS.keys() == set()


def test_every_entry_of_the_menu_does_something():
    assert {verb.upper() for verb in MENU if verb != DETAILS} <= named("bot/slack/listeners/actions.py", "more")


@of_every([each.name for each in fields(Rule)])
def test_every_key_of_a_rule_is_built_weighed_and_tried_by_the_laws(key):
    assert key in named("policy/build.py")
    assert key in named("tests/policy/strategies.py", "rules")
    assert key in named("policy/evaluate.py") | named("policy/rules.py") | named("policy/loaded.py")


@of_every([each.name for each in fields(Gate) if each.name != "earlier_rejection"])
def test_all_that_a_gate_can_ask_is_put_into_it(field):
    assert field in named("policy/loaded.py")


@of_every([each.name for each in fields(Gate) if each.name not in NOT_EXPLAINED])
def test_explain_tells_of_all_that_a_gate_asks(field):
    assert field in named("policy/explain.py")


@of_every([each.name for each in fields(Ask) if each.name != "agent"])
def test_what_an_agent_says_is_taken_explained_and_written_by_hostile_agents_and_what_repeats_a_secret_is_redacted(
    field,
):
    assert field in ProposalSent.model_fields
    assert field in Proposed.model_fields
    assert field in {*Fields.__annotations__, "reasoning"}
    assert field in named("bot/api/proposals.py", "_ask")
    if field not in UNSHOWN:
        assert field in named("tests/slack/hostile.py")
    if field not in UNSHOWN | NOT_TEXT:
        assert field in named("tests/slack/test_redaction.py", "telling")
        assert field in named("tests/threats/test_t11_markup.py")
        assert field in named("tests/threats/test_t26_secrets_in_logs.py")


@of_every(["docs/reference/http.md", "docs/how-to/events.md"])
def test_every_event_of_an_agent_stands_in_the_pages(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    assert [kind.type for kind in AgentEvent if f"| `{kind.type}` |" not in text] == []
