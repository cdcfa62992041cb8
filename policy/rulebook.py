"""The policy file's entries as strict models."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from approvals.gate import Tier
from approvals.proposal import Source
from policy.shapes import (
    UNITS,
    ActionPattern,
    CallbackPattern,
    Channel,
    Digest,
    Duration,
    EachOnce,
    Group,
    Name,
    Sentence,
    Several,
    SourceName,
    TierName,
    User,
    Variable,
)


class Entry(BaseModel):
    """What all entries of the file share: exact types, no unknown key."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class RoleEntry(Entry):
    """People who may decide, and where they are asked."""

    channel: Channel
    members: Annotated[list[User], EachOnce] = []
    groups: Annotated[list[Group], EachOnce] = []
    notify: Literal["group", "members", "none"] | None = None
    allow_self_review: bool = False


class TokenEntry(Entry):
    """How the holder of a token is known: by variables that hold it, or by its SHA-256."""

    token_env: Annotated[list[Variable], Several, Field(min_length=1), EachOnce] | None = None
    token_sha256: Annotated[list[Digest], Several, Field(min_length=1), EachOnce] | None = None


class AgentEntry(TokenEntry):
    """A program that may propose."""

    owner: User | None = None
    actions: Annotated[list[ActionPattern], Field(min_length=1), EachOnce]
    source: SourceName = Source.untrusted
    callbacks: Annotated[list[CallbackPattern], EachOnce] = []
    callback_secret_env: Annotated[list[Variable], Several, Field(min_length=1), EachOnce] | None = None
    pending_limit: Annotated[int, Field(ge=1, le=10_000)] = 50


class OpsEntry(Entry):
    """Who is told of trouble."""

    channel: Channel
    members: Annotated[list[User], Field(min_length=1), EachOnce]


class DefaultsEntry(Entry):
    """What holds where no rule matches."""

    tier: TierName = Tier.approve
    role: Name
    expires_in: Duration = UNITS["h"]
    execute_within: Duration = UNITS["h"]
    report_within: Duration = UNITS["h"]


class RuleEntry(Entry):
    """One rule."""

    id: Name
    action: ActionPattern
    when: list[str] = []
    tier: TierName
    role: Name | None = None
    roles: Annotated[list[Name], Field(min_length=1), EachOnce] | None = None
    approvals: Annotated[int, Field(ge=1, le=100)] | None = None
    expires_in: Duration | None = None
    reason: Sentence | None = None
    edit: Annotated[list[str], EachOnce] | None = None

    @property
    def named_roles(self) -> tuple[str, ...]:
        """The roles it names itself, in one way or the other."""
        return tuple(self.roles or ([self.role] if self.role else []))


@dataclass(slots=True, kw_only=True)
class Rulebook:
    """The entries that are sound. `whole` names the sections of which no entry was left out."""

    roles: dict[str, RoleEntry]
    agents: dict[str, AgentEntry]
    ops: OpsEntry | None
    auditors: dict[str, TokenEntry]
    defaults: DefaultsEntry | None
    """None only beside a fault."""
    schemas: dict[str, str]
    rules: dict[int, RuleEntry]
    """By their place in the file."""
    known_roles: frozenset[str]
    """Names of all roles, sound or not."""
    whole: frozenset[str]
