"""The card of a sample, its form and the figures: Slack's limits, no text of agents as markup, and the truth."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from approvals.gate import Sampling, Tier
from approvals.proposal import Cause, Status
from approvals.sample import Judged, Sample, SampleVerdict
from bot.slack.blockkit.text import words_of
from bot.slack.cards.sample_card import FINE, NOT_FINE, sample_card
from bot.slack.forms.dialogs import not_fine_form
from bot.slack.lists.stats import sample_stats
from bot.slack.words.alerts import undeliverable
from storage import Stats
from tests.making import START, make_proposal
from tests.slack.hostile import MARK, buttons, elements, markup, proposals, texts
from tests.slack.limits import message_faults, sdk_accepts, sdk_accepts_view, view_faults

slow = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
SAMPLE = Sample(
    proposal_id="prp_019a0000000070008000000000000001",
    roles=("support",),
    channels=("C0SUPPORT",),
    nonce="nonce-of-the-sample",
    sampled_at=START,
)
RAN = make_proposal(
    tier=Tier.auto,
    roles=(),
    channels=(),
    rules=("crm-writes",),
    sampling=Sampling(share=0.1, roles=("support",), channels=("C0SUPPORT",)),
    status=Status.approved,
    cause=Cause.auto,
    resolved_at=START,
)


def judged(judgement, reason=None):
    return replace(SAMPLE, judged=Judged(judgement=judgement, by="U0BOB", at=START, reason=reason))


JUDGEMENTS = st.one_of(
    st.none(),
    st.just(Judged(judgement=SampleVerdict.fine, by="U0BOB", at=START)),
    st.builds(
        lambda text, times: Judged(
            judgement=SampleVerdict.not_fine, by="U0BOB", at=START, reason=(text * times)[:3000] + MARK
        ),
        texts,
        st.sampled_from([1, 60]),
    ),
)


@slow
@given(proposals(), JUDGEMENTS)
def test_every_card_of_a_sample_keeps_slacks_limits_and_parses_no_text_of_others(proposal, said):
    made = sample_card(replace(SAMPLE, judged=said), proposal)
    assert message_faults(made.blocks, made.text) == []
    assert sdk_accepts(made.blocks)
    assert not [each for each in markup(made.blocks) if MARK in each]


def test_a_card_says_what_ran_why_it_is_here_who_may_judge_and_which_rule_let_it_run():
    said = words_of(sample_card(SAMPLE, RAN).blocks)
    for part in ("To look over: refund.create", "Drawn at random", "support", "order", "1001", "crm-writes"):
        assert part in said
    assert "The parcel is lost" in said


def test_a_card_offers_fine_and_not_fine_until_somebody_has_judged():
    waiting = {
        each["action_id"]: each for each in elements(sample_card(SAMPLE, RAN).blocks) if each["type"] == "button"
    }
    assert {FINE, NOT_FINE} <= set(waiting)
    assert waiting[FINE]["value"] == f"{RAN.id}.nonce-of-the-sample"
    for over in (judged(SampleVerdict.fine), judged(SampleVerdict.not_fine, "Too early.")):
        assert not set(map(str, buttons(sample_card(over, RAN).blocks))) & {FINE, NOT_FINE}


def test_a_judged_card_says_who_said_what_and_why():
    fine = words_of(sample_card(judged(SampleVerdict.fine), RAN).blocks)
    assert "*Fine*, says <@U0BOB>" in fine
    assert "Looked over: refund.create" in fine
    not_fine = words_of(sample_card(judged(SampleVerdict.not_fine, "The wrong customer."), RAN).blocks)
    assert "*Not fine*, says <@U0BOB>" in not_fine
    assert "The wrong customer." in not_fine


def test_what_does_not_fit_says_how_much_is_missing():
    made = sample_card(SAMPLE, make_proposal(payload={"text": "word " * 3000}, rules=("r",)))
    assert not made.whole
    assert "are missing here" in words_of(made.blocks)
    assert sample_card(SAMPLE, RAN).whole


def test_a_long_reason_says_how_much_is_missing():
    said = words_of(sample_card(judged(SampleVerdict.not_fine, "word " * 600), RAN).blocks)
    assert "more in the audit log" in said


@slow
@given(proposals(), texts)
def test_the_form_keeps_slacks_limits_and_parses_no_text_of_agents(proposal, typed):
    view = not_fine_form(proposal, "frm_1", {"reason": typed})
    assert view_faults(view) == []
    assert sdk_accepts_view(view)
    assert not [each for each in markup(view["blocks"]) if MARK in each]


@pytest.mark.parametrize(
    ("figures", "said"),
    [
        (
            (15, 12, 2),
            (
                "2 of 12 judged were not fine: 16.7%. The true rate is likely between 4.7% and 44.8%. "
                "15 were drawn, 3 wait to be judged. 130 more that are fine would show less than 5%."
            ),
        ),
        (
            (1, 1, 1),
            (
                "1 of 1 judged was not fine: 100.0%. The true rate is likely between 20.7% and 100.0%. "
                "1 was drawn, none waits to be judged. 109 more that are fine would show less than 5%."
            ),
        ),
        (
            (10, 9, 0),
            (
                "0 of 9 judged were not fine: 0.0%. The true rate is likely between 0.0% and 29.9%. "
                "10 were drawn, 1 waits to be judged. 64 more that are fine would show less than 5%."
            ),
        ),
        (
            (3, 0, 0),
            "Nothing is judged yet, so nothing can be said of its errors. 3 were drawn, 3 wait to be judged.",
        ),
    ],
)
def test_figures_are_told_in_plain_words(figures, said):
    sampled, judged_, not_fine = figures
    assert sample_stats(Stats(action="crm.update", sampled=sampled, judged=judged_, not_fine=not_fine)) == said


def test_operators_hear_of_a_sample_that_nobody_sees_and_not_that_it_is_rejected():
    told = undeliverable("prp_1", "sample to C0SUPPORT: channel_not_found")
    assert "look over" in told
    assert "rejected" not in told
