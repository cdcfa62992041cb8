"""Whom a reminder calls: those whose approval would bring it further, each in one channel, never the excluded."""

from dataclasses import replace

from approvals.decision import Decision, Verdict
from approvals.events import Actor
from approvals.gate import EscalatedTo, StandIn
from approvals.ports import Line
from approvals.proposal import Action, Revision, Status
from bot.slack.outbound.mentions import MOST_CALLED, markup, mentioned
from policy import Role
from tests.making import START, make_proposal

SUPPORT = Role(name="support", channel="C0SUPPORT", members=("U0ALICE", "U0BOB", "U0OWNER"), notify="members")
FINANCE = Role(name="finance", channel="C0FINANCE", members=("U0CAROL", "U0BOB"), groups=("S0FINANCE",))
LEAD = Role(name="lead", channel="C0LEAD", members=("U0ERIN",), groups=("S0LEADS",), notify="none")
ROLES = {role.name: role for role in (SUPPORT, FINANCE, LEAD)}


def line(tag, **facts):
    return Line(tag=tag, facts=facts, actor=Actor(kind="system", id="signoff"), at=START)


REMINDED = [line("proposal:reminded", after=600)]


def approved(proposal, *pairs):
    made = tuple(
        Decision(reviewer=user, verdict=Verdict.approve, revision=1, round=proposal.round, at=START, roles=roles)
        for user, *roles in pairs
    )
    return replace(proposal, decisions=tuple(replace(each, roles=tuple(each.roles)) for each in made))


def reminded(proposal, channel="C0SUPPORT"):
    return mentioned(proposal, REMINDED, channel, ROLES)


def test_the_members_who_have_not_decided_are_called_and_never_the_excluded():
    assert reminded(make_proposal()) == ("U0ALICE", "U0BOB")
    assert reminded(approved(make_proposal(approvals=2), ("U0ALICE", "support"))) == ("U0BOB",)
    assert "U0OWNER" not in reminded(make_proposal(self_review=frozenset({"support"})))


def test_a_role_that_is_full_is_not_called_unless_its_people_can_help_elsewhere():
    both = make_proposal(roles=("finance", "support"))
    half = approved(both, ("U0ALICE", "support"))
    assert reminded(half) == ()
    assert reminded(half, "C0FINANCE") == ("S0FINANCE", "U0CAROL", "U0BOB")
    by_bob = approved(both, ("U0BOB", "finance", "support"))
    assert reminded(by_bob) == ("U0ALICE",)
    assert reminded(by_bob, "C0FINANCE") == ("S0FINANCE", "U0CAROL"), "then Bob's approval counts for support"


def test_somebody_of_two_roles_is_called_in_one_channel():
    both = make_proposal(roles=("finance", "support"))
    assert "U0BOB" in reminded(both, "C0FINANCE")
    assert "U0BOB" not in reminded(both)


def test_a_group_is_called_by_its_handle_only_where_the_role_notifies_by_group():
    gate = {"roles": ("lead",), "channels": ("C0LEAD",)}
    assert reminded(make_proposal(**gate), "C0LEAD") == ("U0ERIN",)
    by_group = ROLES | {"lead": replace(LEAD, notify="group")}
    assert mentioned(make_proposal(**gate), REMINDED, "C0LEAD", by_group) == ("S0LEADS", "U0ERIN")


def test_those_who_stand_in_are_called_in_their_own_channel():
    proposal = make_proposal(stand_ins=(StandIn(role="support", by="lead"),))
    assert reminded(proposal, "C0LEAD") == ("U0ERIN",)
    assert reminded(proposal) == ("U0ALICE", "U0BOB")


def test_where_a_second_person_is_needed_the_editor_is_not_called():
    proposal = make_proposal(second_person=True)
    action = Action(name="refund.create", payload={"amount": 1})
    edit = Revision(number=2, action=action, at=START, editor="U0ALICE")
    proposal = replace(proposal, revisions=(*proposal.revisions, edit), round=2)
    assert reminded(approved(proposal, ("U0ALICE", "support"))) == ("U0BOB",)


def test_nobody_is_called_for_what_is_decided_or_by_any_other_line():
    assert reminded(make_proposal(status=Status.approved)) == ()
    assert mentioned(make_proposal(), [line("proposal:decided"), line("proposal:extended")], "C0SUPPORT", ROLES) == ()


def test_a_role_that_steps_in_is_called_where_a_card_stood_before_and_nowhere_else():
    near = replace(LEAD, channel="C0SUPPORT", notify="members")
    proposal = make_proposal(
        stand_ins=(StandIn(role="support", by="lead"),),
        escalated_to=(EscalatedTo(to="lead", channel="C0SUPPORT", roles=("support",)),),
    )
    escalated = [line("proposal:escalated", to="lead", channel="C0SUPPORT", by=None)]
    assert mentioned(proposal, escalated, "C0SUPPORT", ROLES | {"lead": near}) == ("U0ERIN",)
    assert mentioned(proposal, escalated, "C0SUPPORT", ROLES) == ()
    loud = ROLES | {"lead": replace(LEAD, notify="members")}
    assert mentioned(proposal, escalated, "C0LEAD", loud) == (), "there its new card calls it"


def test_a_role_that_the_policy_has_no_more_calls_nobody():
    assert mentioned(make_proposal(), REMINDED, "C0SUPPORT", {}) == ()


def test_of_a_large_role_no_more_are_called_than_one_line_holds():
    crowd = ROLES | {"support": replace(SUPPORT, members=tuple(f"U{number:03}" for number in range(90)))}
    found = mentioned(make_proposal(), REMINDED, "C0SUPPORT", crowd)
    assert len(found) == MOST_CALLED
    assert markup(("S0LEADS", "U0ERIN")) == "<!subteam^S0LEADS> <@U0ERIN>"
