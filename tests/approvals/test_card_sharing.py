"""Which card a proposal is on: decided from what is known of the others, before anything is written."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.card_sharing import FLOOD, LULL, CardSharing, Neighbours, OpenBatch, Traffic, card_of, join_batch
from approvals.card_sharing import join_flood as joined
from approvals.gate import Batch
from approvals.proposal import Status
from tests.making import START, make_proposal

HERE, THERE = "C0SUPPORT", "C0FINANCE"
QUIET = Traffic(lead=None, joined_at=None, backlog=0)
FULL = Traffic(lead=None, joined_at=None, backlog=FLOOD)
SECOND = timedelta(seconds=1)
MILLISECOND = timedelta(milliseconds=1)
SHARED = Batch(window=300, most=3)


def batched(**changes):
    return make_proposal(batch=SHARED, **changes)


def open_batch(lead="prp_lead", members=1, ago=0):
    return OpenBatch(lead=lead, opened_at=START - timedelta(seconds=ago), members=members)


def submitted(proposal, *batches, traffic=QUIET):
    neighbours = Neighbours(open_batches=batches, traffic=dict.fromkeys(proposal.channels, traffic))
    return card_of(None, proposal, neighbours, START)


def changed(before, after, *batch, traffic=QUIET):
    new = {each: traffic for each in after.channels if each not in before.channels}
    return card_of(before, after, Neighbours(batch=batch, traffic=new), START)


def test_what_may_share_no_card_has_its_own():
    assert submitted(make_proposal()) == CardSharing()
    assert join_batch(make_proposal(), [open_batch()], START) is None


def test_the_first_that_may_share_opens_a_batch_and_the_next_joins_the_newest_that_takes_it():
    proposal = batched()
    assert submitted(proposal).batch == proposal.id
    assert submitted(proposal, open_batch("prp_new"), open_batch("prp_old")).batch == "prp_new"
    assert submitted(proposal, open_batch("prp_new", members=3), open_batch("prp_old", members=2)).batch == "prp_old"


@pytest.mark.parametrize(("ago", "joins"), [(299.999, True), (300, False), (301, False)])
def test_its_own_window_ends_at_its_last_moment_whatever_the_others_allow(ago, joins):
    proposal = batched()
    assert submitted(proposal, open_batch(ago=ago)).batch == ("prp_lead" if joins else proposal.id)


def test_what_waits_for_nobody_joins_nothing():
    proposal = replace(batched(), status=Status.approved)
    assert submitted(proposal, open_batch(), traffic=FULL) == CardSharing()


@pytest.mark.parametrize(("backlog", "begins"), [(FLOOD - 1, False), (FLOOD, True)])
def test_ten_cards_that_wait_to_be_posted_are_a_flood(backlog, begins):
    assert joined("prp_new", replace(QUIET, backlog=backlog), START) == ("prp_new" if begins else None)
    assert joined("prp_new", Traffic(lead="prp_lead", joined_at=START - 2 * LULL, backlog=backlog), START) == (
        "prp_lead" if begins else None
    )


@pytest.mark.parametrize(("ago", "joins"), [(-SECOND, True), (LULL, True), (LULL + MILLISECOND, False)])
def test_a_flood_goes_on_until_a_lull_though_its_cards_are_out(ago, joins):
    traffic = Traffic(lead="prp_lead", joined_at=START - ago, backlog=0)
    assert joined("prp_new", traffic, START) == ("prp_lead" if joins else None)


def test_what_would_open_a_batch_joins_the_flood_instead():
    proposal = batched()
    assert submitted(proposal, traffic=FULL) == CardSharing(floods={HERE: proposal.id})


def test_what_joins_a_batch_needs_no_flood_for_that_card_is_there():
    assert submitted(batched(), open_batch(), traffic=FULL) == CardSharing(batch="prp_lead")


def test_each_channel_has_a_flood_of_its_own():
    proposal = make_proposal(roles=("support", "finance"), channels=(HERE, THERE))
    busy = Traffic(lead="prp_lead", joined_at=START, backlog=0)
    found = card_of(None, proposal, Neighbours(traffic={HERE: QUIET, THERE: busy}), START)
    assert found == CardSharing(floods={THERE: "prp_lead"})


@pytest.mark.parametrize("asked", [{"batch": None}, {"batch": SHARED, "roles": ("finance",)}])
def test_one_of_which_something_else_is_asked_leaves_and_the_lead_shows_it(asked):
    before = batched()
    after = replace(before, gate=replace(before.gate, **asked))
    found = changed(before, after, "prp_lead", before.id, "prp_c")
    assert found == CardSharing(leaves=("prp_lead", before.id, "prp_c"), others=("prp_lead",))


def test_without_its_lead_a_batch_is_over_and_every_other_one_has_a_card_of_its_own():
    before = batched()
    after = replace(before, gate=replace(before.gate, batch=None))
    assert changed(before, after, before.id, "prp_b", "prp_c").others == ("prp_b", "prp_c")
    assert changed(before, after) == CardSharing(), "alone on no batch any more"


def test_a_decision_leaves_everything_as_it_is():
    before = batched()
    assert changed(before, replace(before, status=Status.approved), before.id, "prp_b") == CardSharing()


def test_where_it_is_asked_too_from_now_on_it_joins_the_flood_and_leads_no_batch_any_more():
    before = batched()
    after = replace(before, channels=(HERE, THERE))
    found = changed(before, after, before.id, "prp_b", traffic=FULL)
    assert found == CardSharing(leaves=(before.id, "prp_b"), floods={THERE: before.id}, others=("prp_b",))
    assert changed(before, after, "prp_lead", before.id, traffic=FULL) == CardSharing(), "it is on that one's card"


def test_a_reminder_is_told_below_the_floods_that_it_is_on():
    before = make_proposal(remind=(60,))
    assert changed(before, replace(before, reminded=60)) == CardSharing(reminds=True)


BATCHES = st.lists(
    st.builds(open_batch, lead=st.sampled_from(["prp_x", "prp_y"]), members=st.integers(1, 5), ago=st.integers(0, 400)),
    max_size=3,
)
TRAFFIC = st.one_of(
    st.builds(Traffic, lead=st.none(), joined_at=st.none(), backlog=st.integers(0, FLOOD)),
    st.builds(
        Traffic,
        lead=st.just("prp_flood"),
        joined_at=st.integers(-5, 30).map(lambda ago: START - timedelta(seconds=ago)),
        backlog=st.integers(0, FLOOD),
    ),
)


@given(batches=BATCHES, traffic=TRAFFIC)
def test_law_nothing_is_on_two_cards_in_one_channel_nor_in_more_company_than_it_allows(batches, traffic):
    proposal = batched()
    found = submitted(proposal, *batches, traffic=traffic)
    assert not (found.batch and found.floods)
    if found.batch not in (None, proposal.id):
        assert any(each.lead == found.batch and each.members < SHARED.most for each in batches)


@given(members=st.lists(st.sampled_from("abcdef"), unique=True, min_size=1), data=st.data(), traffic=TRAFFIC)
def test_law_whoever_loses_company_is_shown_anew(members, data, traffic):
    ids = [f"prp_{each}" for each in members]
    before = replace(batched(), id=data.draw(st.sampled_from(ids)))
    gate = data.draw(st.sampled_from([before.gate, replace(before.gate, batch=None)]))
    after = replace(before, gate=gate, channels=data.draw(st.sampled_from([(HERE,), (HERE, THERE)])))
    found = changed(before, after, *ids, traffic=traffic)
    alone = set(ids) - {before.id} if before.id == ids[0] else {ids[0]}
    assert set(found.others) == (alone if found.leaves else set())
