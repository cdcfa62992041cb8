"""People: Slack users, their roles and the places lent to them. What cannot be found out counts as no."""

import asyncio
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from approvals.refusals import NotEligible, Unverified
from approvals.reviewer import DelegatedRoles, Reviewer
from bot.slack.web.client import Denied, SlackFault, call
from bot.slack.web.identity import Identity
from policy import Role

FRESH = 60.0
"""Seconds an answer may be used: a role taken away is gone at the latest then."""
PATIENCE = 1.5
"""Seconds for the look-ups of one click: it must be answered within three."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What Slack says of an account; `barred` is the reason why it may decide nothing."""

    name: str
    tz: str | None
    barred: str | None


@dataclass(slots=True)
class People:
    """Look-ups with a short memory; failures are not remembered."""

    client: AsyncWebClient
    identity: Callable[[], Identity | None]
    roles: Callable[[], Mapping[str, Role]]
    monotonic: Callable[[], float] = time.monotonic
    patience: float = PATIENCE
    """Seconds all look-ups of one click may take together."""
    _persons: dict[str, tuple[float, Person]] = field(default_factory=dict)
    _groups: dict[str, tuple[float, frozenset[str]]] = field(default_factory=dict)

    async def reviewer(self, user: str, team: str, wanted: Collection[str] | None = None) -> Reviewer:
        """The person with those of the `wanted` roles (all, if None) that are surely theirs.

        Raises NotEligible for an account that may decide nothing, Unverified where Slack did not answer and the
        answer might have mattered.
        """
        reviewer, doubtful = await self.looked_up(user, team, wanted)
        if doubtful and not reviewer.roles and wanted is not None:
            raise Unverified("a user group could not be read")
        return reviewer

    async def person(self, user: str, team: str) -> Person:
        """What Slack says of the account, barred or not; raises Unverified, NotEligible for one it does not know."""
        return await self._person(user, team, asyncio.get_running_loop().time() + self.patience)

    async def looked_up(self, user: str, team: str, wanted: Collection[str] | None = None) -> tuple[Reviewer, bool]:
        """The same, and whether a group that might tell of more roles could not be read.

        Raises NotEligible, and Unverified only where the person themself could not be looked up.
        """
        until = asyncio.get_running_loop().time() + self.patience
        person = await self._person(user, team, until)
        if person.barred is not None:
            raise NotEligible(person.barred)
        proof: dict[str, str] = {}
        doubtful = False
        for name, role in self.roles().items():
            if wanted is not None and name not in wanted:
                continue
            found, doubt = await self._belongs(user, role, until)
            doubtful = doubtful or doubt
            if found is not None:
                proof[name] = found
        reviewer = Reviewer(
            user=user,
            team=team,
            name=person.name,
            roles=frozenset(proof),
            proof=tuple(f"{name}: {how}" for name, how in sorted(proof.items())),
        )
        return reviewer, doubtful

    async def members(self, groups: Collection[str]) -> dict[str, frozenset[str]]:
        """Who is in each of the user groups, as just looked up; one that could not be read is left out."""
        until = asyncio.get_running_loop().time() + self.patience

        async def read(group: str) -> frozenset[str] | None:
            try:
                return await self._group(group, until)
            except Unverified:
                return None

        found = await asyncio.gather(*map(read, groups))
        return {group: users for group, users in zip(groups, found, strict=True) if users is not None}

    def surely_outside(self, user: str, wanted: Collection[str]) -> bool:
        """Whether the policy alone says that none of the roles is theirs: no group could make a difference."""
        roles = [role for name, role in self.roles().items() if name in wanted]
        return not any(user in role.members or role.groups for role in roles)

    def presumed(self, user: str, team: str, wanted: Collection[str], delegators: Iterable[str] = ()) -> Reviewer:
        """The person with each of the `wanted` roles that could be theirs or lent to them as far as the policy tells.

        Nobody is asked, so it is all that they may have at most: for a first answer, that a look-up then confirms.
        """
        delegated = tuple(DelegatedRoles(by=each, roles=self._possible(each, wanted)) for each in sorted(delegators))
        return Reviewer(user=user, team=team, name="", roles=self._possible(user, wanted), delegated=delegated)

    def _possible(self, user: str, wanted: Collection[str]) -> frozenset[str]:
        return frozenset(role for role in wanted if not self.surely_outside(user, [role]))

    async def _person(self, user: str, team: str, until: float) -> Person:
        identity = self.identity()
        if identity is None:
            raise Unverified("Slack has not said yet which workspace this is")
        if not identity.org_wide and team not in (identity.team_id, identity.enterprise_id):
            raise NotEligible("another workspace")
        known = self._persons.get(user)
        now = self.monotonic()
        if known is not None and now - known[0] < FRESH:
            return known[1]
        answer = await self._asked("users_info", until, user=user)
        person = _person_of(answer.get("user") or {}, identity)
        self._persons[user] = (now, person)
        return person

    async def _belongs(self, user: str, role: Role, until: float) -> tuple[str | None, bool]:
        """How the role is known to be theirs, or None; and whether a group that might tell could not be read."""
        if user in role.members:
            return "member", False
        doubt = False
        for group in role.groups:
            try:
                if user in await self._group(group, until):
                    return f"group {group}", False
            except Unverified:
                doubt = True
        return None, doubt

    async def _group(self, group: str, until: float) -> frozenset[str]:
        known = self._groups.get(group)
        now = self.monotonic()
        if known is not None and now - known[0] < FRESH:
            return known[1]
        answer = await self._asked("usergroups_users_list", until, usergroup=group)
        users = frozenset(str(user) for user in answer.get("users") or ())
        self._groups[group] = (now, users)
        return users

    async def _asked(self, method: str, until: float, **arguments: str) -> dict[str, Any]:
        try:
            return await call(self.client, method, seconds=until - asyncio.get_running_loop().time(), **arguments)
        except Denied as denied:
            if denied.error in ("user_not_found", "user_not_visible"):
                raise NotEligible("another workspace") from None
            structlog.get_logger("people").warning("a look-up was denied", method=method, error=denied.error)
            raise Unverified(denied.error) from None
        except SlackFault as fault:
            raise Unverified(str(fault)) from None


def _person_of(user: Mapping[str, Any], identity: Identity) -> Person:
    profile = user.get("profile") or {}
    name = profile.get("display_name") or user.get("real_name") or user.get("name") or user.get("id", "")
    return Person(name=str(name), tz=user.get("tz"), barred=barred(user, identity))


def barred(user: Mapping[str, Any], identity: Identity) -> str | None:
    """Why the account may decide nothing. A flag that Slack left out is not a flag that is off: id and team must be."""
    if user.get("deleted"):
        return "deactivated"
    if (
        user.get("is_bot")
        or user.get("is_workflow_bot")
        or user.get("is_connector_bot")
        or user.get("id") == "USLACKBOT"
    ):
        return "bot"
    if user.get("is_stranger"):
        return "stranger"
    if user.get("is_restricted") or user.get("is_ultra_restricted") or user.get("is_invited_user"):
        return "guest"
    in_org = user.get("enterprise_user") or {}
    homes = {in_org.get("enterprise_id")} if identity.org_wide else {user.get("team_id"), *(in_org.get("teams") or ())}
    home = identity.enterprise_id if identity.org_wide else identity.team_id
    if not user.get("id") or home is None or home not in homes:
        return "another workspace"
    return None


async def with_delegated(
    people: People, user: str, team: str, delegators: Iterable[str], wanted: Collection[str] | None = None
) -> Reviewer:
    """The person with those of the `wanted` roles (all, if None) that are surely theirs or surely lent to them.

    All look-ups together take no longer than one person's. What a lender was lent is not theirs to pass on: only their
    own roles count. Raises NotEligible for the person themself, Unverified where Slack did not answer and the answer
    might have mattered.
    """
    asked = [each for each in sorted(delegators) if wanted is None or not people.surely_outside(each, wanted)]
    (reviewer, doubtful), delegated = await asyncio.gather(
        people.looked_up(user, team, wanted),
        asyncio.gather(*(_delegated(people, each, team, wanted) for each in asked)),
    )
    found = tuple(each for each, _ in delegated if each is not None and each.roles)
    if wanted is not None and not reviewer.roles and not found and (doubtful or any(doubt for _, doubt in delegated)):
        raise Unverified("a role could not be looked up")
    return replace(reviewer, delegated=found)


async def _delegated(
    people: People, delegator: str, team: str, wanted: Collection[str] | None
) -> tuple[DelegatedRoles | None, bool]:
    """The lender's own roles, none from an account that may decide nothing; and whether more could be true."""
    try:
        found, doubtful = await people.looked_up(delegator, team, wanted)
    except NotEligible:
        return None, False
    except Unverified:
        return None, True
    return DelegatedRoles(by=delegator, roles=found.roles, proof=found.proof), doubtful
