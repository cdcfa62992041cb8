"""What rules say of time: watching, escalation, hours, deadlines, and what is wrong with them."""

from datetime import UTC, datetime, timedelta

import pytest

from approvals.gate import Tier
from approvals.hours import Hours, soonest_after
from approvals.moves.deadlines import deadline
from policy import check
from tests.policy.files import (
    ENVIRON,
    SOUND,
    ask,
    faults_with,
    hours,
    no_time_zones,
    nothing_known,
    only_fault,
    policy_with,
    refund,
    role,
    rule,
    written,
)

BERLIN = hours()["hours"]
MINUTE = {**BERLIN, "days": ["mon"], "to": "09:01"}
OFFICE = Hours(tz="Europe/Berlin", days=(0, 4), start=540, end=1020, extend=True)
SATURDAY = datetime(2026, 11, 21, 12, tzinfo=UTC)


def gate(folder, *, payload=None, **sections):
    policy, action = policy_with(folder, **sections), refund(**(payload or {"amount": 250}))
    return policy.judge(ask(), [action], nothing_known(policy, ask(), action))


def test_what_is_watched_runs_and_says_who_may_object_and_how_long(tmp_path):
    judged = gate(tmp_path, rules=[rule(tier="watch", object_within="30m")])
    assert (judged.tier, judged.roles, judged.channels) == (Tier.watch, ("support",), ("C0SUPPORT",))
    assert judged.object_within == 1800
    judged = gate(tmp_path, rules=[rule(tier="watch", role="finance"), rule("runs", tier="auto")])
    assert (judged.tier, judged.roles, judged.object_within) == (Tier.watch, ("finance",), 3600)


def test_the_longest_time_to_object_holds(tmp_path):
    rules = [rule("a", tier="watch", object_within="10m"), rule("b", tier="watch", object_within="2h")]
    assert gate(tmp_path, rules=rules).object_within == 7200


def test_what_waits_for_people_leaves_nothing_to_object_to(tmp_path):
    rules = [rule("a", tier="watch", role="finance", object_within="10m"), rule("b")]
    judged = gate(tmp_path, rules=rules)
    assert (judged.tier, judged.roles, judged.object_within) == (Tier.approve, ("finance", "support"), None)


def test_what_is_watched_in_doubt_waits_for_people(tmp_path):
    judged = gate(tmp_path, payload={}, rules=[rule(tier="watch", when=["payload.amount < 5"])])
    assert (judged.tier, judged.object_within) == (Tier.approve, None)


def test_reminders_of_all_rules_hold_in_order(tmp_path):
    rules = [rule("a", remind=["30m", "10m"]), rule("b", remind=["10m", "5m"])]
    assert gate(tmp_path, rules=rules).remind == (300, 600, 1800)


def steps(folder, *rules):
    roles = {**SOUND["roles"], "lead": {"channel": "C0LEAD", "members": ["U0LEAD", "U0ERIN"]}}
    return [(each.after, each.to, each.roles) for each in gate(folder, rules=list(rules), roles=roles).escalate]


def test_a_step_is_for_the_places_of_the_rules_own_role(tmp_path):
    to_lead = {"after": "20m", "to": "lead"}
    support, finance = rule("a", role="support", escalate=to_lead), rule("b", role="finance")
    assert steps(tmp_path, support, finance) == [(1200, "lead", ("support",))]
    assert steps(tmp_path, rule("a", escalate=to_lead), finance) == [(1200, "lead", ("support",))]
    both = rule("a", roles=["finance", "support"], escalate=to_lead)
    assert steps(tmp_path, both) == [(1200, "lead", ("finance", "support"))]
    assert steps(tmp_path, both, finance) == [(1200, "lead", ("support",))], (
        "finance is asked by a rule without it, too"
    )


def test_all_who_ask_a_role_have_to_name_the_step_and_the_last_says_when(tmp_path):
    early, late = ({"after": after, "to": "lead"} for after in ("10m", "20m"))
    assert steps(tmp_path, rule("a", escalate=early), rule("b", escalate=late)) == [(1200, "lead", ("support",))]
    assert steps(tmp_path, rule("a", escalate=early), rule("b")) == []
    assert steps(tmp_path, rule("a", escalate=early), rule("b", escalate={"after": "10m", "to": "finance"})) == []
    assert steps(tmp_path, rule("a", escalate=early), rule("b", tier="watch", role="support")) == []
    assert steps(tmp_path, rule("a", escalate=early), rule("b", role="same")) == [(600, "lead", ("support",))]


def test_where_the_default_holds_as_well_it_asks_its_role_without_a_step(tmp_path):
    claimed = rule("a", when=["confidence < 0.5"], escalate={"after": "10m", "to": "lead"})
    assert steps(tmp_path, claimed) == []


def test_the_shortest_time_to_claim_holds(tmp_path):
    rules = [rule("a", execute_within="2h"), rule("b", tier="auto", execute_within="30m"), rule("c")]
    assert gate(tmp_path, rules=rules).execute_within == 1800
    assert gate(tmp_path, rules=rules[:1]).execute_within == 7200
    assert gate(tmp_path, rules=rules[2:]).execute_within == 3600


def test_a_deadline_may_be_moved_only_where_every_rule_that_asks_allows_it(tmp_path):
    rules = [rule("a", max_expires_in="8h"), rule("b", max_expires_in="4h"), rule("runs", tier="auto"), rule("c")]
    assert gate(tmp_path, rules=rules[:1]).max_expires_in == 28_800
    assert gate(tmp_path, rules=rules[:3]).max_expires_in == 14_400
    assert gate(tmp_path, rules=rules).max_expires_in is None
    assert gate(tmp_path).max_expires_in is None


def test_hours_hold_only_where_every_rule_that_asks_has_them(tmp_path):
    rules = [rule("a", hours=BERLIN), rule("b", hours={**BERLIN, "to": "24:00"}), rule("runs", tier="auto"), rule("c")]
    assert gate(tmp_path, rules=rules[:1]).hours == (OFFICE,)
    late = Hours(tz="Europe/Berlin", days=(0, 4), start=540, end=1440, extend=True)
    assert gate(tmp_path, rules=rules[:3]).hours == (OFFICE, late)
    assert gate(tmp_path, rules=rules).hours == ()


def test_a_rule_in_doubt_asks_without_hours(tmp_path):
    rules = [rule("a", hours=BERLIN), rule("runs", tier="auto", when=["payload.nothing > 1"])]
    assert gate(tmp_path, rules=rules).hours == ()


def test_hours_move_a_deadline_to_when_people_are_there(tmp_path):
    judged = gate(tmp_path, rules=[rule(hours=BERLIN)])
    assert deadline(judged, ask(), SATURDAY) == datetime(2026, 11, 23, 9, tzinfo=UTC)
    judged = gate(tmp_path, rules=[rule(hours=BERLIN), rule("plain")])
    assert deadline(judged, ask(), SATURDAY) == SATURDAY + timedelta(hours=1)


AWAY = {"hours": {**BERLIN, "outside": "escalate"}, "escalate": {"after": "20m", "to": "finance"}}
CLOSED = Hours(tz="Europe/Berlin", days=(0, 4), start=540, end=1020, extend=False)


def test_what_comes_outside_of_hours_can_be_escalated_instead(tmp_path):
    judged = gate(tmp_path, rules=[rule(**AWAY)])
    assert [each.outside for each in judged.escalate] == [(CLOSED,)]
    assert judged.hours == ()
    assert deadline(judged, ask(), SATURDAY) == SATURDAY + timedelta(hours=1)


@pytest.mark.parametrize("more", [{}, {"hours": BERLIN}, {"escalate": {"after": "40m", "to": "support"}}])
def test_no_rule_for_another_role_puts_off_what_one_escalates_at_once_nor_is_hastened_by_it(tmp_path, more):
    judged = gate(tmp_path, rules=[rule("a", **AWAY), rule("b", role="finance", **more)])
    assert {(each.to, each.roles): each.outside for each in judged.escalate} == {
        ("finance", ("support",)): (CLOSED,),
        **({("support", ("finance",)): ()} if "escalate" in more else {}),
    }
    assert judged.hours == ()


def test_a_step_of_two_rules_for_one_role_is_hastened_where_both_have_the_same_hours(tmp_path):
    (step,) = gate(tmp_path, rules=[rule("a", **AWAY), rule("b", **AWAY)]).escalate
    assert step.outside == (CLOSED,)
    later = {**AWAY["hours"], "to": "24:00"}
    for other in ({**AWAY, "hours": later}, {"escalate": AWAY["escalate"]}):
        (step,) = gate(tmp_path, rules=[rule("a", **AWAY), rule("b", **other)]).escalate
        assert step.outside == ()


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ({"escalate": {"after": "20m", "to": "boss"}}, "it: escalate.to: there is no role 'boss'"),
        (
            {"escalate": {"after": "1h", "to": "finance"}},
            "it: escalate.after: comes when it has expired, after 1h",
        ),
        ({"remind": ["10m", "60m"]}, "it: remind[1]: comes when it has expired, after 1h"),
        (
            {"remind": ["10m"], "expires_in": "10m"},
            "it: remind[0]: comes when it has expired, after 10m",
        ),
        (
            {"max_expires_in": "60m"},
            "it: max_expires_in: gives no more than the 1h that people have anyway",
        ),
        (
            {"hours": BERLIN, "expires_in": "16h", "remind": ["20h"]},
            "it: remind[0]: comes when it has expired, after 16h of its hours, by which this runs too",
        ),
        (
            {"hours": BERLIN, "expires_in": "16h", "escalate": {"after": "16h", "to": "finance"}},
            "it: escalate.after: comes when it has expired, after 16h of its hours, by which this runs too",
        ),
        (
            {"hours": MINUTE, "expires_in": "53m"},
            "it: hours: do not hold the 53m of expires_in within a year",
        ),
        (
            {"hours": MINUTE},
            "it: hours: do not hold the 1h of expires_in within a year",
        ),
        (
            {"hours": MINUTE, "expires_in": "52m", "max_expires_in": "30d"},
            "it: hours: do not hold the 30d of max_expires_in within a year",
        ),
        ({"hours": {**BERLIN, "to": "09:00"}}, "it: hours.to: is not after from"),
        ({"hours": {**BERLIN, "from": "22:00", "to": "06:00"}}, "it: hours.to: is not after from"),
        ({"hours": {**BERLIN, "tz": "Europe/Berlim"}}, "it: hours.tz: there is no time zone 'Europe/Berlim'"),
        ({"hours": {**BERLIN, "tz": "Europe"}}, "it: hours.tz: there is no time zone 'Europe'"),
        ({"hours": {**BERLIN, "tz": "localtime"}}, "it: hours.tz: localtime is another zone on each machine"),
        (
            {"hours": {**BERLIN, "outside": "escalate"}},
            "it: hours.outside: escalates, but the rule does not say to whom",
        ),
        ({"object_within": "1h"}, "it: object_within: a rule of tier approve leaves nothing to object to"),
        ({"tier": "auto", "object_within": "1h"}, "it: object_within: a rule of tier auto leaves nothing to object to"),
        ({"tier": "block", "execute_within": "1h"}, "it: execute_within: what is blocked never runs"),
        ({"tier": "watch", "approvals": 2}, "it: approvals: a rule of tier watch asks nobody"),
        ({"tier": "watch", "edit": []}, "it: edit: a rule of tier watch asks nobody"),
        ({"tier": "watch", "edited": "second_person"}, "it: edited: a rule of tier watch asks nobody"),
        ({"tier": "auto", "undo_window": "10s"}, "it: undo_window: a rule of tier auto asks nobody"),
        ({"tier": "watch", "undo_window": "10s"}, "it: undo_window: a rule of tier watch asks nobody"),
        ({"tier": "block", "undo_window": "10s"}, "it: undo_window: a rule of tier block asks nobody"),
        ({"undo_window": "0s"}, "it: undo_window: '0s' is no duration"),
        ({"undo_window": "601s"}, "it: undo_window: 601s is longer than 10m"),
        ({"tier": "watch", "expires_in": "1h"}, "it: expires_in: a rule of tier watch asks nobody"),
        ({"tier": "watch", "max_expires_in": "2h"}, "it: max_expires_in: a rule of tier watch asks nobody"),
        ({"tier": "auto", "remind": ["1m"]}, "it: remind: a rule of tier auto asks nobody"),
        (
            {"tier": "block", "escalate": {"after": "1m", "to": "finance"}},
            "it: escalate: a rule of tier block asks nobody",
        ),
        ({"tier": "auto", "hours": BERLIN}, "it: hours: a rule of tier auto asks nobody"),
        ({"tier": "watch", "when": ["confidence > 0.9"]}, "it: when[0]: a rule that loosens may not read confidence"),
    ],
)
def test_what_contradicts_itself_in_time_stops_the_start(tmp_path, keys, told):
    assert only_fault(tmp_path, rules=[rule(**keys)]) == told


@pytest.mark.parametrize(
    "keys",
    [
        {"hours": BERLIN, "expires_in": "16h", "remind": ["15h"], "escalate": {"after": "959m", "to": "finance"}},
        {"hours": BERLIN, "expires_in": "2h", "max_expires_in": "8h"},
        {"hours": MINUTE, "expires_in": "52m"},
        {
            "hours": {**MINUTE, "outside": "escalate"},
            "expires_in": "30d",
            "escalate": {"after": "20m", "to": "finance"},
        },
    ],
)
def test_what_is_in_time_by_the_one_clock_of_the_rule_is_taken(tmp_path, keys):
    judged = gate(tmp_path, rules=[rule(**keys)])
    ends = [soonest_after(judged.hours, SATURDAY, each) for each in (*judged.remind, judged.expires_in)]
    assert ends == sorted(ends)


def test_the_defaults_deadline_counts_where_the_rule_has_none(tmp_path):
    defaults = {"role": "support", "expires_in": "2h"}
    assert policy_with(tmp_path, defaults=defaults, rules=[rule(remind=["90m"], max_expires_in="3h")])


def test_without_defaults_only_their_own_fault_is_told(tmp_path):
    told = only_fault(tmp_path, defaults=None, rules=[rule(remind=["30d"], escalate={"after": "30d", "to": "finance"})])
    assert told == "defaults: is missing"


@pytest.mark.parametrize(
    ("zone", "remedy"),
    [
        ("Europe/Berlim", "Did you mean Europe/Berlin?"),
        ("Nowhere", "Write a name of the IANA database, such as Europe/Berlin."),
    ],
)
def test_an_unknown_time_zone_is_answered_with_a_known_one(tmp_path, zone, remedy):
    (fault,) = faults_with(tmp_path, rules=[hours(tz=zone)])
    assert fault.remedy == remedy


def test_a_machine_without_time_zones_says_what_to_install(tmp_path):
    with no_time_zones():
        (fault,) = faults_with(tmp_path, rules=[hours(tz="Europe/Nowhere")])
    assert fault.message == "'Europe/Nowhere' cannot be looked up: this machine has no time zone data"
    assert fault.remedy == "Install the system's tzdata package, or `pip install tzdata`."


def test_an_operator_is_warned_of_an_escalation_to_who_is_asked_already(tmp_path):
    rules = [rule(role="finance", escalate={"after": "5m", "to": "finance"})]
    report = check(written(tmp_path, roles=role(), rules=rules), ENVIRON)
    (warning,) = report.warnings
    assert (warning.key, warning.message) == ("escalate.to", "calls in finance, who is asked already")


def test_a_role_that_is_only_escalated_to_is_used(tmp_path):
    rules = [rule(escalate={"after": "5m", "to": "finance"})]
    assert check(written(tmp_path, roles=SOUND["roles"], rules=rules), ENVIRON).warnings == ()


def test_an_operator_is_warned_where_the_past_of_a_payload_without_a_schema_is_asked(tmp_path):
    rules = [rule(role="finance", first_time=["payload.to"])]
    report = check(written(tmp_path, rules=rules), ENVIRON)
    assert [(each.key, each.message) for each in report.warnings] == [
        ("", "reads the payload of refund.create, which has no schema")
    ]


def test_of_several_rules_that_ask_the_longest_settle_holds(tmp_path):
    rules = [rule("a", undo_window="10s"), rule("b", undo_window="10m"), rule("c")]
    assert gate(tmp_path, rules=rules).undo_window == 600
    assert gate(tmp_path, rules=[rule("c")]).undo_window is None


def test_where_a_stricter_rule_blocks_nothing_settles(tmp_path):
    assert gate(tmp_path, rules=[rule("a", undo_window="10s"), rule("b", tier="block")]).undo_window is None
