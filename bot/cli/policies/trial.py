"""Policy trials on this machine: a made-up Slack with the people a policy names, and the variables it needs."""

import base64
import secrets
from typing import TYPE_CHECKING, Any, NamedTuple

from bot.cli.policies.example_proposal import example
from policy import load
from policy.file.parse import parse_policy
from policy.file.yaml_file import read_yaml

if TYPE_CHECKING:
    from pathlib import Path

    from policy.file.rulebook import Rulebook


class Trial(NamedTuple):
    """What the demo needs to play with somebody's own policy."""

    policy: "Path"
    workspace: dict[str, Any]
    """People, channels and groups, as a workspace file has them."""
    environ: dict[str, str]
    """A token, or a secret, for each variable that the policy names."""
    tokens: dict[str, str]
    """The token of each agent."""
    examples: dict[str, str]
    """What each of these agents can propose, as arguments of `signoff ask`."""
    untold: tuple[str, ...]
    """Agents whose token only its digest is known of: they can be asked for nothing here."""


def trial_of(policy: "Path") -> Trial:
    """The trial. Raises PolicyFaults where the policy may not be used."""
    load(policy, None)
    book, faults = parse_policy(read_yaml(policy).value)
    assert not faults  # it loaded
    environ: dict[str, str] = {}
    tokens: dict[str, str] = {}
    for name, agent in book.agents.items():
        for variable in agent.token_env or ():
            environ[variable] = f"sgn_{secrets.token_urlsafe(32)}"
            tokens.setdefault(name, environ[variable])
        for variable in agent.callback_secret_env or ():
            environ[variable] = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    for auditor in book.auditors.values():
        environ |= {variable: f"sgn_{secrets.token_urlsafe(32)}" for variable in auditor.token_env or ()}
    untold = tuple(name for name in book.agents if name not in tokens)
    examples = {name: example(book, book.agents[name], policy.parent) for name in tokens}
    return Trial(policy.resolve(), _workspace(book), environ, tokens, examples, untold)


def _workspace(book: "Rulebook") -> dict[str, Any]:
    people: dict[str, list[str]] = {}
    channels: dict[str, str] = {}
    groups: dict[str, list[str]] = {}
    for name, role in book.roles.items():
        channels.setdefault(role.channel, name)
        for member in role.members:
            people.setdefault(member, []).append(name)
        for group in role.groups:  # who is in it only Slack knows, so somebody is made up
            somebody = groups.setdefault(group, [f"U0OF{group}"])[0]
            people.setdefault(somebody, []).append(f"{name}, of a user group")
    for name, agent in book.agents.items():
        if agent.owner is not None:
            people.setdefault(agent.owner, []).append(f"owner of {name}")
    if book.ops is not None:
        channels.setdefault(book.ops.channel, "ops")
        for member in book.ops.members:
            people.setdefault(member, []).append("operator")
    return {
        "people": [{"id": who, "name": _name(who), "title": ", ".join(what)} for who, what in people.items()],
        "channels": [{"id": where, "name": name.lower(), "is_private": True} for where, name in channels.items()],
        "groups": [{"id": group, "name": group.lower(), "users": users} for group, users in groups.items()],
        "commands": [{"command": "/approvals", "should_escape": True}],
    }


def _name(user: str) -> str:
    """Something to call a person by: of `U0ALICE` Alice."""
    return user[1:].lstrip("0123456789").capitalize() or user
