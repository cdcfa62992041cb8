"""The key `retention`: how long what was written is kept, by action, and what is said of times that may be a slip."""

import json

import pytest

from policy import check
from tests.policy.files import ENVIRON, agent, policy_with, written
from tests.policy.test_report import explained

DAY = 86_400


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (None, {"mail.send": None}),
        ({"content": "400d"}, {"mail.send": 400 * DAY}),
        ({"actions": {"mail.*": "30d"}}, {"mail.send": 30 * DAY, "refund.create": None}),
        (
            {"content": "400d", "actions": {"mail.*": "30d", "*.pay": "3650d"}},
            {"mail.send": 30 * DAY, "bill.pay": 3650 * DAY, "refund.create": 400 * DAY},
        ),
        (
            {"content": "1d", "actions": {"mail.*": "30d", "mail.pay": "90d"}},
            {"mail.pay": 90 * DAY, "mail.x": 30 * DAY},
        ),
    ],
)
def test_the_longest_time_that_names_an_action_holds_and_what_none_names_is_kept_as_all_else(tmp_path, said, kept):
    retention = policy_with(tmp_path, retention=said).retention
    assert {action: retention.kept(action) for action in kept} == kept
    assert bool(retention) == (said is not None)


def test_it_says_itself_in_the_words_of_the_file(tmp_path):
    def said(**keys):
        return str(policy_with(tmp_path, retention=keys or None).retention)

    assert said() == "for ever"
    assert said(content="400d") == "400d for all"
    assert said(content="400d", actions={"mail.*": "30d"}) == "30d for mail.*, 400d for all else"
    assert said(actions={"mail.*": "30d", "crm.*": "48h"}) == "2d for crm.*, 30d for mail.*"


def test_a_time_below_a_week_is_warned_of_at_every_start(tmp_path):
    path = written(tmp_path, retention={"content": "4d", "actions": {"mail.*": "1d", "crm.*": "7d"}})
    warned = [str(each) for each in check(path, ENVIRON).warnings if "retention" in str(each)]
    said = "retention.{}: what was written is erased {} after it is over. {}"
    mend = "Write a longer time, unless it has to be so short."
    told = [said.format("actions.mail.*", "1d", mend), said.format("content", "4d", mend)]
    assert sorted(each.split(": ", 1)[1] for each in warned) == told


def test_patterns_that_meet_and_those_that_no_agent_can_meet_are_noted(tmp_path):
    times = {"mail.*": "30d", "*.send": "90d", "crm.*": "30d", "gone.*": "30d"}
    path = written(tmp_path, agents=agent(actions=["mail.*", "*.send", "crm.tag"]), retention={"actions": times})
    noted = sorted(str(each).split(": ", 1)[1] for each in check(path, ENVIRON).notes)
    assert noted == [
        *(
            f"retention.actions.{one}: where *.send fits too, it is kept for 90d, the longer time. "
            "Narrow one of the two, if that is not meant."
            for one in ("crm.*", "gone.*", "mail.*")
        ),
    ]
    path = written(tmp_path, agents=agent(actions=["mail.*"]), retention={"actions": {"mial.*": "30d"}})
    (note,) = check(path, ENVIRON).notes
    assert "no agent may propose this now. Mend the name" in str(note)


def test_explain_says_when_what_was_written_goes(tmp_path):
    told = explained(tmp_path, retention={"content": "400d"})
    assert told.lines()[-1] == "what is written of it is erased 400d after it is over"
    assert json.loads(json.dumps(told.as_json()))["kept_seconds"] == 400 * DAY
    assert "erased" not in " ".join(explained(tmp_path).lines())
