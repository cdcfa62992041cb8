import json
from datetime import UTC, datetime, timedelta

import pytest

from approvals.gate import Tier
from policy import NotAProposal, PolicyFaults, check, explain
from tests.policy.files import ENVIRON, agent, rule, written

LARGE = rule("large", when=["payload.amount > 100.0"], role="finance", reason="Refund above 100", edit=["amount"])
PROPOSAL = {"agent": "bot", "action": "refund.create", "payload": {"amount": 250}}


def explained(folder, proposal=PROPOSAL, at=None, **sections):
    text = proposal if isinstance(proposal, str) else json.dumps(proposal)
    return explain(written(folder, **sections), text, at=at)


def test_a_check_tells_faults_and_that_the_policy_is_not_sound(tmp_path):
    path = written(tmp_path, rules=[rule(role="suport"), rule("two", tier="sometimes")])
    report = check(path, {})
    assert not report.sound
    assert [fault.key for fault in report.faults] == ["agents.bot.token_env", "role", "tier"]
    *told, last = report.lines()
    assert told == [f"fault    {fault}" for fault in report.faults]
    assert last == f"{path}: faults: 3, warnings: 0"
    assert report.as_json() == {
        "file": str(path),
        "sound": False,
        "version": None,
        "rules": 0,
        "faults": [fault.as_json() for fault in report.faults],
        "warnings": [],
        "notes": [],
    }


def test_a_check_tells_warnings_and_notes_of_a_sound_policy(tmp_path):
    path = written(tmp_path, rules=[{**LARGE, "approvals": 2}, rule("plain")])
    report = check(path, ENVIRON)
    assert report.sound
    warning, note, last = report.lines()
    assert warning.startswith(f"warning  {path}:")
    assert "rule large: when: reads the payload of refund.create, which has no schema" in warning
    assert note.startswith(f"note     {path}:")
    assert "rule large: approvals: counts for each role where plain matches too" in note
    assert last == f"{path}: sound, version {report.version}, rules: 2, warnings: 1"
    assert json.loads(json.dumps(report.as_json()))["warnings"][0]["rule"] == "large"


def test_a_check_of_a_file_that_is_not_there_is_a_report(tmp_path):
    report = check(tmp_path / "policy.yml", ENVIRON)
    assert [fault.message for fault in report.faults] == ["the file cannot be read: No such file or directory"]


def test_an_explanation_tells_of_every_rule_why_it_matched_or_not(tmp_path):
    rules = [
        LARGE,
        rule("huge", when=["has(payload.amount)", "payload.amount > 1000.0"]),
        rule("doubt", role="same", when=["payload.order == 'x'"], reason="Strange order"),
        rule("other", action="email.*", tier="auto"),
        rule("plain", role="finance"),
    ]
    explanation = explained(tmp_path, rules=rules)
    assert explanation.lines() == (
        "refund.create by bot: approve",
        "asks finance in C0FINANCE: 1 of each",
        "expires in 1h",
        "a rejection may be remembered for 1d",
        "editable: amount",
        "may not approve: U0OWNER",
        "risk: Strange order — the condition payload.order == 'x' could not be evaluated: a field is missing (doubt)",
        "risk: Refund above 100 (large)",
        "+ large (approve): matches, payload.amount > 100.0 is true",
        "- huge (approve): payload.amount > 1000.0 is false",
        "+ doubt (approve): payload.order == 'x' could not be evaluated, a field is missing",
        "- other (auto): is about email.*",
        "+ plain (approve): matches",
    )
    assert (explanation.tier, explanation.roles, explanation.approvals) == (Tier.approve, ("finance",), 1)


def test_an_explanation_for_a_program_has_the_gate_and_every_rule(tmp_path):
    told = explained(tmp_path, rules=[LARGE, rule("doubt", role="same", when=["payload.x > 1"])]).as_json()
    assert json.loads(json.dumps(told)) == told
    assert told["gate"]["roles"] == ["finance"]
    assert told["digest"].startswith("sha256:")
    assert (told["allowed"], told["faults"]) == (True, [])
    assert told["rules"] == [
        {
            "rule": "large",
            "tier": "approve",
            "matched": True,
            "named": True,
            "false": None,
            "unevaluable": [],
            "otherwise": None,
        },
        {
            "rule": "doubt",
            "tier": "approve",
            "matched": True,
            "named": True,
            "false": None,
            "unevaluable": [{"condition": "payload.x > 1", "why": "a field is missing"}],
            "otherwise": None,
        },
    ]


def test_an_explanation_says_that_the_default_holds(tmp_path):
    lines = explained(tmp_path).lines()
    assert lines[-1] == "No rule matches: the default holds."
    assert "editable: every field" in lines


def test_an_explanation_says_where_the_default_holds_beside_rules(tmp_path):
    defaults = {"tier": "block", "role": "support"}
    lines = explained(tmp_path, rules=[rule(when=["confidence < 0.5"])], defaults=defaults).lines()
    assert lines[0] == "refund.create by bot: block"
    assert lines[-1] == "Rules match by what the agent says of itself alone: the default holds as well."


def test_an_explanation_has_the_agents_own_deadline_where_it_is_shorter(tmp_path):
    assert "expires in 1m" in explained(tmp_path, PROPOSAL | {"expires_in": 60}).lines()
    assert "expires in 1h" in explained(tmp_path, PROPOSAL | {"expires_in": 7200}).lines()


def test_an_explanation_says_that_nothing_may_be_edited_and_that_nobody_is_excluded(tmp_path):
    agents = {"bot": {"token_env": "BOT_TOKEN", "actions": ["*"]}}
    lines = explained(tmp_path, rules=[rule(edit=[])], agents=agents).lines()
    assert "editable: nothing" in lines
    assert not [line for line in lines if line.startswith("may not approve")]


def test_an_explanation_says_what_would_be_refused_before_the_rules_count(tmp_path):
    own = {"payload_schema": {"required": ["order"], "maxProperties": 0}}
    explanation = explained(tmp_path, PROPOSAL | own, agents=agent(actions=["email.*"]))
    _, forbidden, *invalid = explanation.lines()[:4]
    assert forbidden == "refused with 403: the agent's entry does not name this action"
    assert sorted(invalid) == [
        "refused with 422: /order is missing",
        "refused with 422: the payload has more than 0 properties",
    ]
    assert {fault["pointer"] for fault in explanation.as_json()["faults"]} == {"/order", ""}


def test_an_explanation_takes_the_source_that_would_count(tmp_path):
    rules = [rule(when=["source == 'trusted'"])]
    assert not explained(tmp_path, PROPOSAL | {"source": "trusted"}, rules=rules).gate.rules
    trusted = agent(source="trusted")
    assert explained(tmp_path, PROPOSAL, rules=rules, agents=trusted).gate.rules
    assert not explained(tmp_path, PROPOSAL | {"source": "untrusted"}, rules=rules, agents=trusted).gate.rules


def test_a_whole_body_as_an_agent_sends_it_can_be_explained(tmp_path):
    body = PROPOSAL | {
        "reasoning": "x",
        "summary": "x",
        "confidence": 1,
        "signals": {"cost": 5, "sure": True, "model": "m"},
        "context": [{"title": "x"}],
        "preview": {"kind": "text", "text": "x"},
        "rollback_plan": "x",
        "preconditions": ["x"],
        "on_behalf_of": "U0ERIN",
        "run_id": "r1",
        "tool_call_id": "t1",
        "traceparent": "x",
        "callback_url": "https://a.example/",
        "claim": True,
        "claimant": "x",
    }
    explanation = explained(tmp_path, body, rules=[rule(when=["signals.cost > 4.5", "confidence == 1.0"])])
    assert explanation.gate.rules == ("it",)
    assert explanation.ask.signals == {"cost": 5, "sure": True, "model": "m"}
    assert explanation.gate.excluded == {"U0OWNER", "U0ERIN"}


def test_an_explanation_shows_what_depends_on_the_past_with_both_outcomes(tmp_path):
    rules = [
        rule("runs", tier="auto"),
        rule("new", first_time=["payload.to"], role="finance", approvals=2),
        rule("doubt", unusual={"field": "payload.to", "times": 5}, role="support"),
        rule("no", rate={"per": "10m", "over": 5}, when=["payload.amount > 900"]),
        rule("fast", tier="block", rate={"per": "1m", "over": 9}),
    ]
    explanation = explained(tmp_path, {**PROPOSAL, "payload": {"amount": 250, "to": "x"}}, rules=rules[:-1])
    lines = explanation.lines()
    assert lines[0] == "refund.create by bot: approve"
    assert (
        "+ new (approve): depends on the past: first_time payload.to; "
        "if so approve by finance and support, 2 of each, if not approve by support, 1 of each"
    ) in lines
    assert "+ doubt (approve): unusual payload.to could not be evaluated, a field is no number" in lines
    assert "- no (approve): payload.amount > 900 is false" in lines
    assert lines[-1] == "Nothing of the past is known here, so what depends on it counts as true."
    assert explanation.as_json()["rules"][1]["otherwise"]["roles"] == ["support"]
    lines = explained(tmp_path, rules=[rules[0], rules[-1]]).lines()
    assert "+ fast (block): depends on the past: rate; if so block, if not auto" in lines


def test_an_explanation_of_a_rule_in_doubt_twice_says_both(tmp_path):
    rules = [rule("new", first_time=["payload.to"], when=["payload.x > 1"])]
    lines = explained(tmp_path, {**PROPOSAL, "payload": {"to": "x"}}, rules=rules).lines()
    assert (
        "+ new (approve): payload.x > 1 could not be evaluated, a field is missing; depends on the past: "
        "first_time payload.to; if so approve by support, 1 of each, if not approve by support, 1 of each"
    ) in lines


def test_an_explanation_says_that_even_what_runs_depends_on_what_was_rejected(tmp_path):
    lines = explained(tmp_path, rules=[rule(tier="watch", role="finance", object_within="30m")]).lines()
    assert lines == (
        "refund.create by bot: watch",
        "runs at once; finance in C0FINANCE may object within 30m",
        "+ it (watch): matches",
        "It depends on the past, too: had a person rejected exactly this before, people would be asked.",
    )
    assert explained(tmp_path, rules=[rule(tier="block")]).lines() == (
        "refund.create by bot: block",
        "+ it (block): matches",
    )


def test_an_explanation_shows_the_escalation_the_hours_and_who_stands_in(tmp_path):
    roles = {
        "support": {"channel": "C0SUPPORT", "members": ["U0ALICE", "U0OWNER"], "backup": "finance"},
        "finance": {"channel": "C0FINANCE", "members": ["U0CAROL", "U0DAVE"]},
    }
    office = {"tz": "Europe/Berlin", "days": ["tue", "mon"], "from": "09:00", "to": "17:30", "outside": "extend"}
    asking = rule(
        edited="second_person",
        remind=["30m", "10m"],
        escalate={"after": "20m", "to": "finance"},
        hours=office,
        max_expires_in="8h",
    )
    lines = explained(tmp_path, roles=roles, rules=[asking]).lines()
    assert lines[1:8] == (
        "asks support in C0FINANCE and C0SUPPORT: 1 of each",
        "one of finance may agree beside whoever decides for support",
        "whoever edits needs a second person",
        "reminds after 10m, 30m",
        "calls in finance for support after 20m",
        "people are there mon, tue, 09:00 to 17:30 in Europe/Berlin; only time inside counts",
        "expires in 1h, extended to 8h at most",
    )
    away = asking | {"hours": office | {"outside": "escalate"}}
    lines = explained(tmp_path, roles=roles, rules=[away]).lines()
    assert "people are there mon, tue, 09:00 to 17:30 in Europe/Berlin; outside finance is called in at once" in lines


def test_an_explanation_says_how_many_places_a_backup_may_take_where_the_owner_may_not(tmp_path):
    roles = {
        "support": {"channel": "C0SUPPORT", "members": ["U0ALICE", "U0OWNER"], "backup": "finance"},
        "finance": {"channel": "C0FINANCE", "members": ["U0CAROL", "U0DAVE"]},
    }
    stands_in = "finance may decide for support where it lacks the owner: 1 of its places"
    assert stands_in in explained(tmp_path, roles=roles, rules=[rule(approvals=2)]).lines()
    assert stands_in not in explained(tmp_path, roles=roles, rules=[rule()]).lines()


OFFICE = {"tz": "Europe/Berlin", "days": ["mon", "fri"], "from": "09:00", "to": "17:00", "outside": "extend"}
TIMED = {"remind": ["10m", "30m"], "escalate": {"after": "40m", "to": "finance"}, "max_expires_in": "8h"}
FRIDAY = datetime(2026, 11, 20, 15, 50, tzinfo=UTC)
"""Ten minutes before the weekend in Berlin."""


@pytest.mark.parametrize("at", [FRIDAY, FRIDAY.replace(hour=16, tzinfo=None)], ids=["with a zone", "without one"])
def test_an_explanation_says_what_happens_when_as_moments_in_the_zone_of_the_hours(tmp_path, at):
    told = explained(tmp_path, at=at, rules=[rule(hours=OFFICE, **TIMED)])
    assert told.lines()[2:7] == (
        "made on Fri 2026-11-20 16:50 in Europe/Berlin, it",
        "reminds after 10m (Fri 2026-11-20 17:00), 30m (Mon 2026-11-23 09:20)",
        "calls in finance for support after 40m (Mon 2026-11-23 09:30)",
        "people are there mon, fri, 09:00 to 17:00 in Europe/Berlin; only time inside counts",
        "expires in 1h (Mon 2026-11-23 09:50), extended to 8h (Mon 2026-11-23 16:50) at most",
    )
    assert json.loads(json.dumps(told.as_json()))["moments"] == {
        "proposed_at": "2026-11-20T16:50:00+01:00",
        "remind": ["2026-11-20T17:00:00+01:00", "2026-11-23T09:20:00+01:00"],
        "escalate": [{"to": "finance", "at": "2026-11-23T09:30:00+01:00"}],
        "expires_at": "2026-11-23T09:50:00+01:00",
        "extended_to_at_most": "2026-11-23T16:50:00+01:00",
    }
    assert explained(tmp_path, rules=[rule(hours=OFFICE, **TIMED)]).as_json()["moments"] == {}


def test_an_explanation_says_that_a_step_never_comes_where_the_agent_asks_for_less(tmp_path):
    rushed = PROPOSAL | {"expires_in": 1200}
    told = explained(tmp_path, rushed, at=FRIDAY, rules=[rule(**TIMED)])
    assert told.lines()[2:6] == (
        "made on Fri 2026-11-20 15:50 in UTC, it",
        "reminds after 10m (Fri 2026-11-20 16:00), 30m (never: it expires before)",
        "calls in finance for support after 40m (never: it expires before)",
        "expires in 20m (Fri 2026-11-20 16:10), extended to 8h (Fri 2026-11-20 23:50) at most",
    )
    assert told.as_json()["moments"]["escalate"] == []
    assert len(told.as_json()["moments"]["remind"]) == 1
    assert explained(tmp_path, at=FRIDAY).as_json()["moments"]["extended_to_at_most"] is None
    assert explained(tmp_path, at=FRIDAY, rules=[rule(tier="auto")]).as_json()["moments"] == {}


@pytest.mark.parametrize(("at", "when"), [(FRIDAY, ""), (FRIDAY + timedelta(minutes=10), " at once")])
def test_an_explanation_says_who_is_called_in_at_once(tmp_path, at, when):
    asking = rule(hours=OFFICE | {"outside": "escalate"}, escalate={"after": "40m", "to": "finance"})
    told = explained(tmp_path, PROPOSAL | {"expires_in": 9000}, at=at, rules=[asking])
    then = "at once" if when else "Fri 2026-11-20 17:30"
    assert told.lines()[3:6] == (
        f"calls in finance for support after 40m ({then})",
        "people are there mon, fri, 09:00 to 17:00 in Europe/Berlin; outside finance is called in at once",
        f"expires in 1h (Fri 2026-11-20 {at + timedelta(hours=2):%H:%M})",
    )
    (step,) = told.as_json()["moments"]["escalate"]
    assert step == {"to": "finance", "at": f"2026-11-20T{'17:00' if when else '17:30'}:00+01:00"}


def test_an_explanation_says_whether_and_how_an_approval_may_stand_for_the_next(tmp_path):
    terms = {"may_differ": ["payload.note", "payload.to"], "for": "24h", "max": 20}
    one, other = (
        rule("one", remember_approval=terms),
        rule("two", remember_approval={"may_differ": [], "for": "1h", "max": 50}),
    )
    lines = explained(tmp_path, rules=[one]).lines()
    assert (
        "an approval may be remembered for the next 20 like it within 1d; may differ: payload.note, payload.to"
    ) in lines
    lines = explained(tmp_path, rules=[one, other]).lines()
    assert "an approval may be remembered for the next 20 like it within 1h; may differ: nothing" in lines
    lines = explained(tmp_path, rules=[one, rule("more", approvals=2, remember_approval=None)]).lines()
    assert not [line for line in lines if "stand for" in line]
    both = [rule("one", role="support", remember_approval=terms), rule("two", role="finance", remember_approval=terms)]
    assert (
        "no approval may be remembered for the next like it: one person's is not enough"
        in explained(tmp_path, rules=both).lines()
    )
    assert explained(tmp_path, rules=[one]).as_json()["gate"]["remember_approval"] == {
        "may_differ": ["payload.note", "payload.to"],
        "lasts": 86400,
        "most": 20,
    }


def test_an_explanation_says_what_nobody_can_ever_approve(tmp_path):
    roles = {"support": {"channel": "C0SUPPORT", "members": ["U0ALICE"]}}
    lines = explained(tmp_path, PROPOSAL | {"on_behalf_of": "U0ALICE"}, roles=roles).lines()
    assert "rejected at once: There are not enough people who may approve this: support lacks 1." in lines


@pytest.mark.parametrize(
    ("proposal", "told"),
    [
        ("{", "is not JSON"),
        ('{"agent": "a", "agent": "b"}', "the key 'agent' twice"),
        ("[]", "the whole: "),
        ({**PROPOSAL, "confidance": 1}, "confidance: "),
        ({**PROPOSAL, "confidence": "high"}, "confidence: "),
        ({**PROPOSAL, "action": "Refund"}, "action: "),
        ({"agent": "bot"}, "action: Field required; payload: Field required"),
    ],
)
def test_what_is_no_proposal_is_said_so(tmp_path, proposal, told):
    with pytest.raises(NotAProposal, match=r"^The proposal .*\.$") as raised:
        explained(tmp_path, proposal)
    assert told in str(raised.value)


def test_a_faulty_policy_explains_nothing(tmp_path):
    with pytest.raises(PolicyFaults, match="there is no role"):
        explained(tmp_path, rules=[rule(role="nobody")])


def test_a_proposal_that_names_no_agent_is_the_only_agents(tmp_path):
    unnamed = {name: value for name, value in PROPOSAL.items() if name != "agent"}
    assert explained(tmp_path, unnamed, rules=[LARGE]).ask.agent == "bot"


def test_the_agent_that_is_given_wins_over_the_one_that_is_named(tmp_path):
    path = written(tmp_path, rules=[LARGE], agents={**agent(), "shop": agent(token_env="SHOP_TOKEN")["bot"]})
    assert explain(path, json.dumps(PROPOSAL), "shop").ask.agent == "shop"


def test_between_several_agents_somebody_has_to_say_which(tmp_path):
    path = written(tmp_path, rules=[LARGE], agents={**agent(), "shop": agent(token_env="SHOP_TOKEN")["bot"]})
    unnamed = {name: value for name, value in PROPOSAL.items() if name != "agent"}
    with pytest.raises(NotAProposal, match="--agent: bot, shop"):
        explain(path, json.dumps(unnamed))


def test_a_policy_is_explained_without_any_token(tmp_path):
    assert explained(tmp_path, rules=[LARGE]).roles == ("finance",)
