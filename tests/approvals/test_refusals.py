"""Every way of saying no is drawn at the head of the file, and carries what its sentence needs."""

import re

import pytest

from approvals import agent_stop, delegation, refusals, second_factor
from approvals.moves import questions
from approvals.refusals import AgentRefusal, EditFaulty, Refusal, ReviewerRefusal, SchemaFailed
from tests.house.every import FACTS, example, leaves

KINDS = leaves(Refusal)


def names(kind):
    return pytest.param(kind, id=kind.__name__)


def test_the_tree_at_the_head_of_the_file_is_the_tree_of_classes():
    tree = re.sub(r"  +[a-z].*", "", refusals.__doc__.partition("\n\n")[2])
    homes = (refusals, delegation, questions, agent_stop, second_factor)
    named = [(name, kind) for home in homes for name, kind in vars(home).items() if isinstance(kind, type)]
    written = {name for name, kind in named if issubclass(kind, Refusal)}
    assert set(re.findall(r"\b[A-Z][a-z]+(?:[A-Z][a-z]*)*\b", tree)) == written


@pytest.mark.parametrize("kind", [names(kind) for kind in KINDS])
def test_a_refusal_names_itself_for_the_log(kind):
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", kind.slug)
    assert kind.slug != Refusal.slug


def test_no_two_refusals_share_a_slug():
    assert len({kind.slug for kind in KINDS}) == len(KINDS)


@pytest.mark.parametrize("kind", [names(kind) for kind in KINDS])
def test_a_refusal_is_said_to_people_or_to_agents_and_never_to_both(kind):
    assert kind is refusals.NotFound or issubclass(kind, ReviewerRefusal) != issubclass(kind, AgentRefusal)


@pytest.mark.parametrize("kind", [names(kind) for kind in KINDS if kind.__init__ is not Exception.__init__])
def test_a_refusal_keeps_the_facts_that_its_sentence_needs(kind):
    made = example(kind)
    kept = {name: value for name, value in vars(made).items() if name in FACTS}
    assert kept
    assert all(value == FACTS[name] for name, value in kept.items())
    assert str(made)


@pytest.mark.parametrize("kind", [EditFaulty, SchemaFailed])
def test_faults_are_told_with_their_place(kind):
    assert str(example(kind)) == "/amount: must be a number"
