import pytest

from approvals.gate import Reason, Tier
from approvals.proposal import Action, Source
from tests.policy.files import agent, ask, nothing_known, policy_with, refund, role, rule

LARGE = rule(
    "large", when=["payload.amount > 100.0"], role="finance", reason="Refund above 100", edit=["amount", "note"]
)
BLOCKS = {"tier": "block", "role": "support"}
HUGE = rule("huge", when=["payload.amount > 1000.0"], roles=["finance", "support"], reason="Above 1000 needs two")


def gate(folder, action=None, said=None, *, revisions=None, at_least=Tier.auto, **sections):
    policy, said = policy_with(folder, **sections), said or ask()
    revisions = revisions or [action or refund(amount=250)]
    return policy.judge(said, revisions, nothing_known(policy, said, revisions[-1]), at_least=at_least)


def test_the_default_holds_where_no_rule_matches(tmp_path):
    defaults = {"role": "support", "expires_in": "2h", "execute_within": "3h", "report_within": "4h"}
    judged = gate(tmp_path, refund(amount=1), rules=[LARGE], defaults=defaults)
    assert (judged.tier, judged.roles, judged.channels, judged.approvals) == (
        Tier.approve,
        ("support",),
        ("C0SUPPORT",),
        1,
    )
    assert (judged.expires_in, judged.execute_within, judged.report_within) == (7200, 10_800, 14_400)
    assert (judged.rules, judged.risk, judged.edit) == ((), (), None)


def test_every_matching_rule_applies_and_the_strictest_tier_wins(tmp_path):
    rules = [rule("runs", action="refund.*", tier="auto"), LARGE, rule("never", tier="block", reason="Not today")]
    judged = gate(tmp_path, rules=rules)
    assert (judged.tier, judged.roles, judged.channels) == (Tier.block, (), ())
    assert judged.rules == ("large", "never", "runs")
    assert judged.risk == (Reason(rule="large", reason="Refund above 100"), Reason(rule="never", reason="Not today"))


def test_a_rule_about_another_action_has_no_say(tmp_path):
    others = [rule("mail", action="email.*", tier="block"), rule("longer", action="refund.created", tier="block")]
    assert gate(tmp_path, rules=[*others, rule("runs", tier="auto")]).rules == ("runs",)


def test_what_runs_by_itself_asks_nobody(tmp_path):
    judged = gate(tmp_path, rules=[rule(tier="auto")])
    assert (judged.tier, judged.roles, judged.channels, judged.rules) == (Tier.auto, (), (), ("it",))


def test_roles_add_up_and_each_has_its_channel(tmp_path):
    judged = gate(tmp_path, refund(amount=1500), rules=[LARGE, HUGE])
    assert (judged.roles, judged.channels) == (("finance", "support"), ("C0FINANCE", "C0SUPPORT"))


def test_the_defaults_role_is_asked_only_where_no_matching_rule_names_one(tmp_path):
    assert gate(tmp_path, rules=[LARGE]).roles == ("finance",)
    assert gate(tmp_path, rules=[rule(), rule("other")]).roles == ("support",)


def test_a_rule_that_asks_and_names_nobody_asks_the_defaults_role_whatever_others_ask(tmp_path):
    assert gate(tmp_path, rules=[rule(), LARGE]).roles == ("finance", "support")
    doubt = rule("doubt", tier="auto", when=["payload.order == 'x'"])
    assert gate(tmp_path, rules=[doubt, LARGE]).roles == ("finance", "support"), "in doubt it asks, too"


def test_one_that_only_sharpens_asks_nobody_of_its_own(tmp_path):
    sharper = rule("sharper", role="same", approvals=2)
    judged = gate(tmp_path, rules=[sharper, LARGE])
    assert (judged.roles, judged.approvals) == (("finance",), 2)
    judged = gate(tmp_path, rules=[sharper])
    assert (judged.roles, judged.approvals, judged.rules) == (("support",), 2, ("sharper",)), "it asks somebody"


def test_no_claim_chooses_who_decides_where_a_rule_only_sharpens(tmp_path):
    rules = [rule("anything", tier="auto"), rule("sharper", role="same")]
    claimed = rule("claimed", role="finance", when=["confidence < 0.5"])
    assert gate(tmp_path, rules=rules).roles == ("support",)
    assert gate(tmp_path, rules=[*rules, claimed], said=ask(confidence=0.1)).roles == ("finance", "support")
    assert gate(tmp_path, rules=[*rules, rule(role="finance")]).roles == ("finance",)


def test_one_that_only_sharpens_lifts_no_default(tmp_path):
    sharper = [rule("sharper", role="same", approvals=2)]
    blocking = {"tier": "block", "role": "support"}
    assert gate(tmp_path, rules=sharper, defaults=blocking).tier is Tier.block
    assert gate(tmp_path, rules=[*sharper, rule(role="finance")], defaults=blocking).roles == ("finance",)


def test_whoever_only_looks_on_takes_nobodys_place_where_people_are_asked(tmp_path):
    watched = rule("watched", action="*", tier="watch", role="finance")
    assert gate(tmp_path, rules=[rule(), watched]).roles == ("finance", "support")
    assert gate(tmp_path, rules=[rule("watching", tier="watch"), watched]).roles == ("finance", "support")
    assert gate(tmp_path, rules=[rule(role="finance"), rule("watching", tier="watch")]).roles == ("finance",)


def test_what_an_agent_says_asks_people_beside_the_defaults_role_and_not_instead(tmp_path):
    claimed = rule("claimed", when=["confidence < 0.5"], role="finance")
    assert gate(tmp_path, rules=[claimed], said=ask(confidence=0.1)).roles == ("finance", "support")
    assert gate(tmp_path, rules=[claimed], said=ask(confidence=0.9)).roles == ("support",)
    assert gate(tmp_path, rules=[claimed, rule(role="finance")], said=ask(confidence=0.1)).roles == ("finance",)


def test_a_default_that_holds_beside_such_a_rule_lets_it_loosen_nothing(tmp_path):
    terms = {
        "remember_approval": {"for": "1h", "max": 9},
        "expires_in": "2d",
        "execute_within": "2d",
        "max_expires_in": "9d",
    }
    claimed = rule("claimed", when=["confidence < 0.5"], **terms)
    judged = gate(tmp_path, rules=[claimed], said=ask(confidence=0.1))
    assert (judged.remember_approval, judged.max_expires_in) == (None, None)
    assert (judged.expires_in, judged.execute_within) == (3600, 3600)
    assert gate(tmp_path, rules=[rule(**terms)]).remember_approval is not None


def test_approvals_take_the_largest_and_deadlines_the_shortest(tmp_path):
    rules = [
        rule("a", approvals=1, expires_in="3h"),
        rule("b", approvals=2, expires_in="2h"),
        rule("c", when=["false || payload.amount > 9000.0"], approvals=2, expires_in="1m"),
    ]
    judged = gate(tmp_path, rules=rules)
    assert (judged.approvals, judged.expires_in) == (2, 7200)


def test_a_rules_deadline_takes_the_place_of_the_defaults(tmp_path):
    assert gate(tmp_path, rules=[rule(expires_in="1d")]).expires_in == 86_400


@pytest.mark.parametrize(
    ("lists", "left"),
    [
        ([None], None),
        ([["note", "amount"]], ("amount", "note")),
        ([["note", "amount"], None], ("amount", "note")),
        ([["note", "amount"], ["note", "order"]], ("note",)),
        ([["note"], ["order"]], ()),
        ([["note"], []], ()),
        ([[]], ()),
    ],
)
def test_of_several_lists_of_fields_the_intersection_may_be_edited(tmp_path, lists, left):
    rules = [rule(f"r{number}", **({} if fields is None else {"edit": fields})) for number, fields in enumerate(lists)]
    assert gate(tmp_path, rules=rules).edit == left


def test_all_conditions_must_be_true(tmp_path):
    both = rule("both", when=["payload.amount > 100.0", "payload.currency == 'USD'"])
    assert gate(tmp_path, refund(amount=250, currency="USD"), rules=[both]).rules == ("both",)
    assert gate(tmp_path, refund(amount=250, currency="EUR"), rules=[both]).rules == ()


@pytest.mark.parametrize("order", [1, -1])
def test_a_false_condition_wins_over_one_that_cannot_be_evaluated(tmp_path, order):
    when = ["payload.amount > 100.0", "payload.nothing > 1"][::order]
    assert gate(tmp_path, refund(amount=1), rules=[rule(when=when)]).rules == ()


@pytest.mark.parametrize(("own", "tier"), [("auto", Tier.approve), ("approve", Tier.approve), ("block", Tier.block)])
def test_a_condition_that_cannot_be_evaluated_asks_a_person_at_least_and_says_so(tmp_path, own, tier):
    judged = gate(
        tmp_path, refund(amount="250"), rules=[rule(tier=own, when=["payload.amount > 100.0"], reason="Much")]
    )
    assert (judged.tier, judged.rules) == (tier, ("it",))
    assert judged.roles == (("support",) if tier is Tier.approve else ())
    (reason,) = judged.risk
    assert reason.reason == (
        "Much — the condition payload.amount > 100.0 could not be evaluated: a field has another type"
    )


def test_each_condition_that_cannot_be_evaluated_is_named(tmp_path):
    judged = gate(tmp_path, refund(), rules=[rule(tier="auto", when=["payload.a > 1", "true", "payload.b > 1"])])
    assert [reason.reason for reason in judged.risk] == [
        "the condition payload.a > 1 could not be evaluated: a field is missing",
        "the condition payload.b > 1 could not be evaluated: a field is missing",
    ]


def test_who_does_not_say_how_sure_they_are_is_unsure(tmp_path):
    rules = [rule("runs", tier="auto"), rule("unsure", when=["confidence < 0.6"], reason="The agent is unsure")]
    assert gate(tmp_path, said=ask(), rules=rules).tier is Tier.approve
    assert gate(tmp_path, said=ask(confidence=0.59), rules=rules).tier is Tier.approve
    assert gate(tmp_path, said=ask(confidence=1), rules=rules).tier is Tier.auto


def test_the_gate_is_that_of_all_rules_that_matched_any_revision(tmp_path):
    small, large, huge = refund(amount=1), refund(amount=250), refund(amount=1500)
    rules = [LARGE, HUGE]
    assert gate(tmp_path, revisions=[large, small], rules=rules).rules == ("large",)
    assert gate(tmp_path, revisions=[small, huge, small], rules=rules).roles == ("finance", "support")
    assert gate(tmp_path, revisions=[small, large], rules=rules).roles == ("finance", "support"), "as small was asked"


def test_a_revision_that_was_in_doubt_stays_so(tmp_path):
    judged = gate(
        tmp_path, revisions=[refund(), refund(amount=1)], rules=[rule(tier="auto", when=["payload.amount < 5"])]
    )
    assert judged.tier is Tier.approve


def test_who_was_asked_stays_asked_by_the_default_role_if_no_rule_names_one(tmp_path):
    judged = gate(tmp_path, rules=[rule(tier="auto")], at_least=Tier.approve)
    assert (judged.tier, judged.roles, judged.channels) == (Tier.approve, ("support",), ("C0SUPPORT",))
    assert gate(tmp_path, rules=[rule(tier="block")], at_least=Tier.approve).tier is Tier.block


def test_no_claim_lifts_a_default_that_blocks(tmp_path):
    defaults = {"tier": "block", "role": "support"}
    by_claim = rule("by-claim", when=["confidence > 0.9"])
    sure = ask(confidence=1.0)
    assert gate(tmp_path, said=sure, rules=[by_claim], defaults=defaults).tier is Tier.block
    assert (
        gate(tmp_path, said=sure, rules=[by_claim, rule("known", tier="auto")], defaults=defaults).tier is Tier.approve
    )
    assert gate(tmp_path, said=sure, rules=[rule("known")], defaults=defaults).tier is Tier.approve


def test_no_edit_leaves_what_rules_allow_under_a_default_that_blocks(tmp_path):
    small = rule("small", when=["payload.amount < 100.0"])
    revisions = [refund(amount=1), refund(amount=5000)]
    blocks, asks = {"tier": "block", "role": "support"}, {"tier": "approve", "role": "support"}
    assert gate(tmp_path, revisions=revisions, rules=[small], defaults=blocks).tier is Tier.block
    assert gate(tmp_path, revisions=revisions[:1], rules=[small], defaults=blocks).tier is Tier.approve
    assert gate(tmp_path, revisions=revisions, rules=[small], defaults=asks).rules == ("small",)


def test_the_owner_and_the_person_it_acts_for_are_excluded(tmp_path):
    assert gate(tmp_path, said=ask(on_behalf_of="U0ERIN")).excluded == {"U0OWNER", "U0ERIN"}
    assert gate(tmp_path, said=ask()).excluded == {"U0OWNER"}
    agents = {"bot": {"token_env": "BOT_TOKEN", "actions": ["*"]}}
    assert gate(tmp_path, agents=agents).excluded == frozenset()
    assert gate(tmp_path, said=ask(agent="gone")).excluded == frozenset()


def test_the_loud_opt_in_is_in_the_gate(tmp_path):
    assert gate(tmp_path, roles=role(allow_self_review=True)).self_review == {"support"}
    assert gate(tmp_path).self_review == frozenset()


def test_a_gate_names_the_version_of_the_policy(tmp_path):
    policy = policy_with(tmp_path)
    assert policy.judge(ask(), [refund()], {}).policy_version == policy.version


def test_stars_in_a_rule_match_across_dots(tmp_path):
    rules = [rule(action="db.drop*", tier="block")]
    judged = gate(tmp_path, Action(name="db.drop.all.tables", payload={}), rules=rules, agents=agent(actions=["db.*"]))
    assert judged.tier is Tier.block


def test_the_source_that_counts_is_what_rules_read(tmp_path):
    rules = [rule("runs", tier="auto"), rule("outside", when=["source == 'untrusted'"])]
    assert gate(tmp_path, said=ask(source=Source.untrusted), rules=rules).tier is Tier.approve
    assert gate(tmp_path, said=ask(source=Source.trusted), rules=rules).tier is Tier.auto


def looking(count, wanted="'nothing'"):
    """So many rules that look through a list."""
    return [rule(f"r{each}", tier="auto", when=[f"payload.x.exists(a, a == {wanted})"]) for each in range(count)]


def test_all_conditions_together_look_at_no_more_than_one_alone_may(tmp_path):
    """One condition more than can be looked through leaves each without an answer, whichever stands first."""
    some = refund(x=["some"] * 3000)
    assert gate(tmp_path, some, rules=looking(1)).rules == ()
    for rules in (looking(40), looking(40)[::-1]):
        judged = gate(tmp_path, some, rules=rules)
        assert judged.tier is Tier.approve
        assert len(judged.risk) == 40
        assert all("it would take too long" in reason.reason for reason in judged.risk)
    assert gate(tmp_path, refund(x=["some"] * 30), rules=looking(200)).rules == ()


def test_every_revision_that_is_judged_has_its_share_of_what_is_looked_at(tmp_path):
    some = [refund(x=["some"] * 3000, number=number) for number in range(40)]
    assert gate(tmp_path, rules=looking(1), revisions=some[:1]).rules == ()
    assert gate(tmp_path, rules=looking(1), revisions=some).rules == ("r0",)


def test_a_rule_in_doubt_takes_no_defaults_place(tmp_path):
    """A value of another type, a missing field, or one too long to look through, is the agent's to choose."""
    known = [rule(when=["payload.env == 'staging'"])]
    for env in ("production", ["production"], None, 1, ["staging"]):
        assert gate(tmp_path, refund(env=env), rules=known, defaults=BLOCKS).tier is Tier.block, env
    assert gate(tmp_path, refund(env="staging"), rules=known, defaults=BLOCKS).tier is Tier.approve
    long = [rule(when=["payload.l.exists(x, x == 1)"])]
    assert gate(tmp_path, refund(l=[0] * 40_000), rules=long, defaults=BLOCKS).tier is Tier.block


def test_a_rule_in_doubt_passes_over_nobody_whom_the_default_asks(tmp_path):
    small = [rule(when=["payload.amount <= 1000"], role="finance")]
    assert gate(tmp_path, refund(amount=5), rules=small).roles == ("finance",)
    assert gate(tmp_path, refund(amount=5000), rules=small).roles == ("support",)
    assert gate(tmp_path, refund(amount="5000"), rules=small).roles == ("finance", "support")


DOWN_AND_UP = [[refund(amount=5), refund(amount=5000)], [refund(amount=5000), refund(amount=5)]]


@pytest.mark.parametrize("revisions", DOWN_AND_UP)
def test_an_edit_passes_over_nobody_whom_the_new_payload_asks(tmp_path, revisions):
    small = [rule(when=["payload.amount <= 1000"], role="finance")]
    assert gate(tmp_path, revisions=revisions, rules=small).roles == ("finance", "support")


@pytest.mark.parametrize("revisions", DOWN_AND_UP)
def test_who_covers_the_default_is_enough_where_a_rule_asked_them(tmp_path, revisions):
    covered = {"role": "support", "covered_by": ["finance"]}
    large = rule(when=["payload.amount > 1000"], role="finance")
    assert gate(tmp_path, revisions=revisions, rules=[large], defaults=covered).roles == ("finance",)
    assert gate(tmp_path, refund(amount=5), rules=[large], defaults=covered).roles == ("support",)
    alone = {"role": "support"}
    assert gate(tmp_path, revisions=revisions, rules=[large], defaults=alone).roles == ("finance", "support")


@pytest.mark.parametrize(
    "asking",
    [
        {"when": ["payload.amount > 1000", "confidence < 0.5"]},
        {"when": ["payload.amount > 1000", "payload.nothing == 1"]},
        {"when": ["payload.amount > 1000"], "first_time": ["payload.amount"]},
        {"when": ["payload.amount > 1000"], "tier": "watch"},
    ],
)
def test_nobody_covers_the_default_by_a_claim_by_the_past_in_doubt_or_by_looking_on(tmp_path, asking):
    covered = {"role": "support", "covered_by": ["finance"]}
    given = {"said": ask(confidence=0.1), "revisions": [refund(amount=5000), refund(amount=5)]}
    judged = gate(tmp_path, **given, rules=[rule(role="finance", **{"tier": "approve", **asking})], defaults=covered)
    assert "support" in judged.roles
    assert judged.tier is Tier.approve


def test_what_blocks_is_covered_by_nobody(tmp_path):
    revisions = [refund(amount=5000), refund(amount=5)]
    large = [rule(when=["payload.amount > 1000"], role="finance")]
    assert gate(tmp_path, revisions=revisions, rules=large, defaults=BLOCKS).tier is Tier.block
