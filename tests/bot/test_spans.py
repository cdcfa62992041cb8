"""Spans: which stretches a life has, told from its entries alone, whatever order things took."""

import json

import pytest
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import StatusCode

from bot.telemetry.spans import ended_by, spans_of, stretches
from storage import Entry


def life(*steps, tier="approve"):
    """Entries at a second each: tags without their noun, some with the second at which they come."""
    made = []
    for number, step in enumerate(steps, start=1):
        tag, _, at = step.partition("@")
        facts = {"gate": {"tier": tier}, "ask": {"agent": "shop", "traceparent": None}} if tag == "submitted" else {}
        made.append(
            Entry(
                seq=number,
                id=f"ent_{number}",
                at=1000 * int(at or number),
                tag=f"proposal:{tag}",
                proposal_id="prp_1",
                revision=1,
                actor_kind="agent",
                actor_id="shop",
                actor_team=None,
                actor_proof="[]",
                facts=json.dumps(facts),
                previous="",
                hash="",
                seal="",
            )
        )
    return made


@pytest.mark.parametrize(
    ("steps", "tier", "found"),
    [
        (["submitted", "approved", "claimed", "succeeded"], "approve", ["review 1-2", "approved 2-3", "execution 3-4"]),
        (["submitted", "rejected"], "approve", ["review 1-2"]),
        (["submitted@1", "rejected@1"], "approve", []),
        (["submitted@1", "approved@1", "claimed", "failed"], "auto", ["approved 1-3", "execution 3-4"]),
        (["submitted@1", "approved@1", "lapsed@9"], "approve", ["approved 1-9"]),
        (
            ["submitted", "approved", "retracted", "approved", "revoked"],
            "approve",
            ["review 1-2", "approved 2-3", "review 3-4", "approved 4-5"],
        ),
        (["submitted", "retracted", "suspended", "withdrawn"], "approve", ["review 1-4"]),
        (["submitted", "approved", "suspended", "rejected"], "approve", ["review 1-2", "approved 2-3", "review 3-4"]),
        (["submitted@9", "approved@5", "claimed@6", "succeeded@7"], "watch", ["approved 5-6", "execution 6-7"]),
        (["submitted@5", "approved@9", "claimed@6", "succeeded@7"], "approve", ["review 5-9", "approved 9-9", "execution 6-7"]),
        (["submitted", "approved", "claimed", "unknown", "succeeded"], "auto", ["approved 2-3", "execution 3-4"]),
    ],
)  # fmt: skip
def test_each_stretch_begins_and_ends_where_it_did(steps, tier, found):
    told = [
        f"{each.name.removeprefix('proposal.')} {each.began // 1000}-{each.ended // 1000}"
        for each in stretches(life(*steps, tier=tier))
    ]
    assert told == found


def test_it_is_over_once():
    told = life("submitted", "approved", "claimed", "unknown", "succeeded")
    assert [ended_by(each, told) for each in told] == [False, False, False, True, False]


@pytest.mark.parametrize(
    ("end", "codes"),
    [
        ("succeeded", [StatusCode.OK, StatusCode.UNSET, StatusCode.UNSET, StatusCode.UNSET]),
        ("failed", [StatusCode.ERROR, StatusCode.UNSET, StatusCode.UNSET, StatusCode.ERROR]),
        ("unknown", [StatusCode.UNSET] * 4),
    ],
)
def test_only_what_failed_is_an_error(end, codes):
    spans = spans_of(
        life("submitted", "approved", "claimed", end), Resource.get_empty(), InstrumentationScope("signoff")
    )
    assert [each.status.status_code for each in spans] == codes
    assert len({each.context.span_id for each in spans}) == 4
    assert all(each.start_time <= each.end_time for each in spans)


def test_a_life_whose_beginning_is_not_there_is_told_of_by_its_log_records_alone():
    assert spans_of(life("approved", "claimed", "failed"), Resource.get_empty(), InstrumentationScope("signoff")) == []
