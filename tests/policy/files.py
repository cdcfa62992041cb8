"""Policy files for tests: a sound one, and what a test changes in it. JSON is YAML, so files are written as JSON."""

import json
import sys
from contextlib import contextmanager
from unittest.mock import patch
from zoneinfo import reset_tzpath

from approvals.past import PastAnswer
from approvals.proposal import Action, Ask, Source
from policy import PolicyFaults, load

TOKEN = "bot-token-for-tests-0123456789abcdef"
ENVIRON = {
    "BOT_TOKEN": TOKEN,
    "SECOND_TOKEN": "second-token-for-tests-0123456789abcdef",
    "AUDITOR_TOKEN": "auditor-token-for-tests-0123456789abcdef",
    "CALLBACK_SECRET": "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
}
SOUND = {
    "version": 1,
    "roles": {
        "support": {"channel": "C0SUPPORT", "members": ["U0ALICE", "U0BOB"]},
        "finance": {"channel": "C0FINANCE", "members": ["U0CAROL", "U0DAVE"]},
    },
    "agents": {"bot": {"token_env": "BOT_TOKEN", "owner": "U0OWNER", "actions": ["*"]}},
    "defaults": {"tier": "approve", "role": "support"},
}


def rule(name="it", action="refund.create", tier="approve", **keys):
    """A rule that asks the default's role for a refund."""
    return {"id": name, "action": action, "tier": tier, **keys}


def hours(**changes):
    """A rule with office hours in Berlin."""
    office = {"tz": "Europe/Berlin", "days": ["mon", "fri"], "from": "09:00", "to": "17:00", "outside": "extend"}
    return rule(hours={**office, **changes})


def agent(**changes):
    """The sound file's agents with changes to the only one."""
    return {"bot": {**SOUND["agents"]["bot"], **changes}}


def role(**changes):
    """The sound file's roles with changes to support."""
    return {**SOUND["roles"], "support": {**SOUND["roles"]["support"], **changes}}


def written(folder, **sections):
    """The path of a sound policy with these sections; a section that is None is left out."""
    content = {key: value for key, value in {**SOUND, **sections}.items() if value is not None}
    path = folder / "policy.yml"
    path.write_text(json.dumps(content, indent=1), encoding="utf-8")
    return path


def policy_with(folder, *, environ=ENVIRON, **sections):
    return load(written(folder, **sections), environ)


def faults_with(folder, *, environ=ENVIRON, **sections):
    """All faults of the file; fails where there are none."""
    try:
        policy_with(folder, environ=environ, **sections)
    except PolicyFaults as faults:
        return list(faults.faults)
    raise AssertionError("the policy was taken")


def only_fault(folder, **sections):
    """`rule: key: message` of the only fault there is."""
    (fault,) = faults_with(folder, **sections)
    return f"{fault.rule}: {fault.key}: {fault.message}" if fault.rule else f"{fault.key}: {fault.message}"


def nothing_known(policy, said, action):
    """Every question answered: nothing ever happened."""
    return {question: PastAnswer() for question in policy.questions(said, action)}


def ask(**changes):
    return Ask(**{"agent": "bot", "reasoning": "it must be", "source": Source.untrusted, **changes})


def refund(**payload):
    return Action(name="refund.create", payload=payload)


@contextmanager
def no_time_zones():
    """As on a machine that has no time zone data: neither the system's is found nor the package's."""
    with patch.dict(sys.modules, {"tzdata": None}):
        reset_tzpath(())
        try:
            yield
        finally:
            reset_tzpath()
