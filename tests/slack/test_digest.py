"""The weekly digest: five lines of the role alone, nothing that is not known, and no person."""

import re
from datetime import UTC, datetime

import pytest

from approvals.oversight import ONCE, Oversight
from bot.slack.cards.digest import Week, digest

FIRST, LAST = datetime(2026, 11, 16, tzinfo=UTC), datetime(2026, 11, 22, 23, tzinfo=UTC)
DECIDED = Oversight(
    counts={
        ("untouched", 0): (30, 0),
        ("edited", 0): (3, 0),
        ("rejected", 0): (5, 0),
        ("expired", 0): (4, 0),
        ("waits", 0): (1, 0),
        ("wait", 262_144): (38, 38 * 360_000),
        ("read_1", 144): (34, 34 * 154),
        ("read_11", 12): (4, 48),
        ("judged", 0): (30, 0),
        ("sampled", 0): (32, 0),
        ("not_fine", 0): (1, 0),
    }
)
RULES = (
    Oversight(name="crm-writes", counts={("untouched", 0): (50, 0), ("rejected", 0): (1, 0)}),
    Oversight(name="refunds", counts={("untouched", 0): (20, 0), ("rejected", 0): (4, 0), ("expired", 0): (1, 0)}),
    Oversight(name="night-jobs", counts={("expired", 0): (3, 0)}),
    Oversight(name="", counts={("untouched", 0): (90, 0)}),
    Oversight(name="few", counts={("untouched", 0): (19, 0)}),
)


def week(everything=DECIDED, rules=RULES, people=3):
    return Week(everything=everything, rules=rules, people=people)


def test_it_is_a_title_five_lines_and_where_to_see_ones_own():
    assert digest("support", week(), FIRST, LAST).splitlines() == [
        ":calendar: *The week of support*, 16 Nov to 22 Nov",
        (
            "• *Asked:* 43: 30 approved untouched, 3 edited, 5 rejected, 4 expired and 1 still open; "
            "the median took 6 minutes."
        ),
        (
            "• *Read:* half of the cards were seen for 1.2 times their reading time or longer; "
            "4 of 38 for less than half of it."
        ),
        (
            "• *Always approved as it was:* crm-writes (50 of 51). "
            "Looking over a part of it may be enough: the policy's `sample`."
        ),
        "• *Nobody answered:* 4, most of it asked by night-jobs. Unanswered is a no: hours, or another role, may help.",
        "• *Samples:* 1 of 30 not fine: likely 1% to 17%; 80 more that are fine would show less than 5%.",
        "`/approvals stats` shows you how you decided; nobody else sees that but who leads the role.",
    ]


def drilled(caught, missed, of=DECIDED):
    return Oversight(counts={**of.counts, ("caught", 0): (caught, 0), ("missed", 0): (missed, 0)})


def test_how_drills_ended_stands_beside_how_cards_are_read_and_makes_no_line_more():
    said = digest("support", week(drilled(3, 1)), FIRST, LAST).splitlines()
    assert len(said) == 7
    assert said[2].endswith("4 of 38 for less than half of it. Of 4 drills, 3 were caught.")
    few = digest("support", week(drilled(1, 0, Oversight(counts={("rejected", 0): (2, 0)})), rules=()), FIRST, LAST)
    assert "• *Read:* Of 1 drill, 1 was caught." in few
    assert "drill" not in digest("support", week(drilled(0, 0)), FIRST, LAST)


def test_nobody_is_named_or_called():
    said = digest("support", week(), FIRST, LAST)
    assert "U0" not in said
    assert "<" not in digest(
        "<!channel>", week(rules=(Oversight(name="<!here>", counts=RULES[0].counts),)), FIRST, LAST
    )


@pytest.mark.parametrize("few", [2, 1, 0])
def test_what_would_be_the_figure_of_one_or_two_is_left_out(few):
    assert "*Read:*" not in digest("support", week(people=few), FIRST, LAST)
    assert "drill" not in digest("support", week(drilled(1, 1), people=few), FIRST, LAST)


def test_what_is_not_known_is_not_said():
    said = digest("support", week(Oversight(counts={("waits", 0): (2, 0)}), rules=()), FIRST, LAST)
    assert re.findall(r"\*(.*?):?\*", said) == ["The week of support", "Asked"]
    few = Oversight(counts={("untouched", 0): (9, 0), ("read_1", ONCE): (9, 9 * ONCE)})
    assert "*Read:*" not in digest("support", week(few), FIRST, LAST)
    waiting = Oversight(counts={("sampled", 0): (7, 0)})
    assert "7 wait to be judged" in digest("support", week(waiting), FIRST, LAST)


def test_no_rule_is_named_where_none_asked_for_most_of_what_nobody_answered():
    assert "*Nobody answered:* 4. Unanswered" in digest("support", week(rules=RULES[:2]), FIRST, LAST)


def test_after_a_week_in_which_nothing_was_asked_there_is_none():
    assert digest("support", week(Oversight()), FIRST, LAST) is None
