"""Tables that must know every event, every refusal and every member of an enum."""

import ast
import re
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

from approvals.decision import Verdict
from approvals.effect_holds import EffectState
from approvals.effects import FOLLOWS, AgentEvent, Effect
from approvals.events import Actor, Planted, Submitted
from approvals.proposal import Cause, Status
from approvals.refusals import AgentRefusal, NotFound, Refusal, ReviewerRefusal
from approvals.remembered.decision import RememberedEnding
from approvals.sample import SampleVerdict
from approvals.states import OF_DRILLS, TRANSITIONS
from tests.house.draw_states import PAGE, page
from tests.house.every import events, example, leaves, notes
from tests.house.tree import ROOT, modules, parsed

MEMBERS = {
    "proposals.status": set(Status),
    "proposals.cause": set(Cause),
    "decisions.verdict": set(Verdict),
    "remembered_decisions.ended": set(RememberedEnding),
    "remembered_decisions.verdict": set(Verdict),
    "entries.actor_kind": set(get_args(get_type_hints(Actor)["kind"])),
    "outbox.kind": set(Effect) - {Effect.callback},
    "callbacks.kind": set(AgentEvent),
    "samples.judgement": set(SampleVerdict),
    "effects.state": set(EffectState),
}
"""What a `CHECK (column IN (…))` of the schema must allow, by table and column; `NAMED` are checked by their rooms."""

NAMED = {
    "callbacks.state",
    "messages.kind",
    "messages.state",
    "direct_members.kind",
    "forms.kind",
    "modals.purpose",
}
"""Words that storage alone gives, with no enum in the core."""

BEGINNINGS = {Submitted, Planted}
"""With what a proposal begins, and with what a drill does."""

CREATE = re.compile(r"CREATE TABLE (\w+) \((.*?)^\)", re.DOTALL | re.MULTILINE)
ADDED = re.compile(r"ALTER TABLE (\w+) ADD COLUMN ([^;]*);")
CHECK_IN = re.compile(r"CHECK\s*\(\s*(\w+)\s+IN\s*\(([^)]*)\)\s*\)")


def checks():
    """What every `CHECK (column IN ('…'))` of the migrations allows, by table and column."""
    return {
        f"{table}.{column}": set(re.findall(r"'([^']*)'", allowed))
        for path in sorted((ROOT / "storage" / "migrations" / "sqlite").glob("*.sql"))
        for made in (CREATE, ADDED)
        for table, body in made.findall(path.read_text(encoding="utf-8"))
        for column, allowed in CHECK_IN.findall(body)
        if "'" in allowed
    }


@pytest.mark.parametrize("event", events(), ids=lambda event: event.__name__)
def test_every_event_has_a_row_with_all_that_follows_from_it(event):
    assert event in FOLLOWS


@pytest.mark.parametrize(
    "event", [each for each in events() if each not in BEGINNINGS], ids=lambda event: event.__name__
)
def test_every_event_has_a_place_in_the_table_of_states(event):
    assert any(event in follows for follows in (*TRANSITIONS.values(), *OF_DRILLS.values()))


def test_no_way_of_a_drill_leads_to_anything_that_runs():
    reached = {after for follows in OF_DRILLS.values() for after in follows.values()}
    assert reached == OF_DRILLS.keys() == {Status.pending, Status.rejected}


def test_only_a_submission_makes_a_proposal_and_it_makes_only_new_ones():
    assert not any(BEGINNINGS & follows.keys() for follows in (*TRANSITIONS.values(), *OF_DRILLS.values()))


@pytest.mark.parametrize("note", notes(), ids=lambda note: note.__name__)
def test_a_note_changes_no_state_and_sends_nothing(note):
    assert note not in FOLLOWS
    assert not any(note in follows for follows in TRANSITIONS.values())


def test_the_tables_name_nothing_but_events():
    assert set(FOLLOWS) == set(events())
    tables = (*TRANSITIONS.values(), *OF_DRILLS.values())
    assert {event for follows in tables for event in follows} | BEGINNINGS == set(events())


def test_every_status_has_a_row_in_the_table():
    assert set(TRANSITIONS) == set(Status)


@pytest.mark.parametrize("refusal", leaves(ReviewerRefusal), ids=lambda refusal: refusal.__name__)
def test_every_no_to_a_person_has_its_own_sentence(refusal):
    from bot.slack.words.refusals import refusal as worded  # noqa: PLC0415  the room may be tested before this one is built

    said = worded(example(refusal))
    general = [kind for kind in refusal.__mro__[1:] if issubclass(kind, ReviewerRefusal)]
    others = {worded(example(other)) for other in [*leaves(ReviewerRefusal), *general] if other is not refusal}
    assert said.strip()
    assert said not in others
    assert said.rstrip(" *_`)").endswith((".", "!", "?"))


@pytest.mark.parametrize("refusal", [NotFound, *leaves(AgentRefusal)], ids=lambda refusal: refusal.__name__)
def test_every_no_to_an_agent_is_a_problem_with_its_own_sentence(refusal):
    from bot.api.problems import PROBLEM_TYPES, refused  # noqa: PLC0415

    problem = refused(example(refusal))
    others = {refused(example(other)).detail for other in leaves(AgentRefusal) if other is not refusal}
    assert refusal.slug in PROBLEM_TYPES
    assert 400 <= problem.status < 500
    assert problem.detail.endswith(".")
    assert problem.detail not in others


def test_a_thing_not_found_is_worded_for_people_too():
    from bot.slack.words.refusals import refusal as worded  # noqa: PLC0415

    assert worded(NotFound("prp_0")).strip()


def test_every_refusal_is_written_in_the_one_file_that_draws_their_tree():
    known = {kind.__name__ for kind in (Refusal, *Refusal.__subclasses__())}
    elsewhere = {
        (str(module), node.name)
        for module in modules()
        if module != Path("approvals/refusals.py")
        for node in ast.walk(parsed(module))
        if isinstance(node, ast.ClassDef) and {ast.unparse(base) for base in node.bases} & known
    }
    assert not elsewhere


def test_every_kind_of_delivery_has_its_sender():
    named = {
        ast.unparse(key)
        for path in ("bot/slack/outbound/sender.py", "bot/slack/direct_messages.py", "delivery/callbacks.py")
        for node in ast.walk(parsed(Path(path)))
        if isinstance(node, ast.FunctionDef) and node.name == "senders"
        for each in ast.walk(node)
        if isinstance(each, ast.Dict)
        for key in each.keys
    }
    assert named == {f"Effect.{kind.name}" for kind in Effect}


@pytest.mark.parametrize("column", MEMBERS)
def test_the_schema_allows_exactly_the_members_of_the_enum_in(column):
    assert checks()[column] == {str(member) for member in MEMBERS[column]}


def test_no_check_of_the_schema_is_forgotten_here():
    assert checks().keys() == MEMBERS.keys() | NAMED


def test_the_diagram_in_the_docs_is_the_one_drawn_from_the_table():
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m tests.house.draw_states"


def test_the_diagram_has_an_arrow_for_every_transition():
    arrows = set(re.findall(r"^    (\w+) --> (\w+): (\w+)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    assert arrows == {
        (str(status), str(after), event.tag.partition(":")[2])
        for status, follows in TRANSITIONS.items()
        for event, after in follows.items()
    }
