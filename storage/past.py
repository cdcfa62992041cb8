"""Past answers: found by indexes, however long the past is, and believed only as sealed entries tell it."""

import json
import re
from datetime import timedelta
from statistics import median
from typing import TYPE_CHECKING

from approvals.past import About, PastAnswer, PastQuery
from storage import effects
from storage.audit.facts import agreed_on, nearly_equal, outer_digests, sha256, values_of
from storage.audit.spending import Sealing, Spending
from storage.audit.unopposed import NOES, is_unopposed
from storage.engine.errors import RowDamaged
from storage.engine.queries import queries
from storage.json_codec import encode_json
from storage.rows import millis

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from approvals.digest import JSON
    from approvals.proposal import Proposal
    from storage.audit.facts import PastFact
    from storage.audit.log import Seal
    from storage.engine.database import Row, Statements

_SQL = queries("past")
NEWEST = 100
"""Of so many numbers, the newest, the median is taken."""
LOOKED_THROUGH = 2000
"""So many of an action are looked through for them. Who finds too few knows nothing as usual, and people are asked."""
ENOUGH = 20
"""So many approvals of a value are counted."""
SIMILAR_FOR = timedelta(days=30)
"""So long a no counts for what is nearly the same."""
SIMILAR_AT_MOST = 500
"""So many noes, the latest, are compared with what is asked."""
_YESES = encode_json(["proposal:approved"])


async def past_answers(
    statements: "Statements", questions: "Sequence[PastQuery]", now: "datetime", seal: "Seal", *, writes: bool
) -> "dict[PastQuery, PastAnswer]":
    """The answer to each question, by what sealed entries tell. Raises RowDamaged where a no cannot be read."""
    budgets = [each for each in questions if each.about is About.budget]
    found: dict[PastQuery, PastAnswer] = {}
    if budgets:
        sealing = Sealing(seal.key, seal.damage)
        found = await seal.spending.answers(statements, budgets, now, sealing, writes=writes)
    return {
        question: found[question] if question in found else await _answer(statements, question, now, seal)
        for question in questions
    }


async def budget_standing(
    statements: "Statements", budget: PastQuery, now: "datetime", seal: "Seal"
) -> "dict[str, PastAnswer]":
    """What counts now in each group of a budget, by the group."""
    return await Spending(spare=0).standing(statements, budget, now, Sealing(seal.key, seal.damage))


async def remember(statements: "Statements", before: "Proposal | None", proposal: "Proposal") -> None:
    """Keeps of a change where to look later; what counts is what the entries of that proposal tell."""
    agent, action = proposal.ask.agent, proposal.action
    if (agreed := agreed_on(proposal)) != agreed_on(before):
        values: dict[str, JSON] = dict(values_of(action.payload))
        kept = "keep_values" if agreed else "forget_values"
        await statements.rows(_SQL[kept], agent, action.name, proposal.id, encode_json(values))


async def _answer(statements: "Statements", question: PastQuery, now: "datetime", seal: "Seal") -> PastAnswer:
    match question.about:
        case About.first_time:
            return PastAnswer(count=await _approvals(statements, question, now, seal))
        case About.unusual:
            return await _usual(statements, question, seal)
        case About.repeat:
            return await _repeat(statements, question, now, seal)
        case About.effect:
            return await effects.answer(statements, question.value or "", question.apart_from or "")
        case About.rate:
            since = millis(now - timedelta(seconds=question.per or 0))
            came = (question.agent, since, _like(question.action), question.apart_from or "")
            (row,) = await statements.rows(_SQL["rate"], *came)
            return PastAnswer(count=row["count"])
        case About.budget:
            raise AssertionError("all of them are answered together")


async def _approvals(statements: "Statements", question: PastQuery, now: "datetime", seal: "Seal") -> int:
    """How often people approved the value, at most ENOUGH. A row that no proposal bears out counts for nothing."""
    value, field = sha256((question.value or "").encode()), question.field or ""
    held = (question.agent, question.action, field, value)
    count = 0
    for row in await statements.rows(_SQL["first_time"], *held, question.apart_from or "", ENOUGH):
        fact = await _fact_of(statements, row["proposal_id"], seal)
        if fact is None:
            continue
        if not _bears_out(fact, *held):
            name = f"approved_values {row['proposal_id']}"
            seal.damage.met(RowDamaged(name, f"no approval by people tells of this value of {field}"), name)
            continue
        count += fact.agreed_at(now)
    return count


def _bears_out(fact: "PastFact", agent: str, action: str, field: str, value: str) -> bool:
    return fact.agreed and (fact.agent, fact.action, fact.values.get(field)) == (agent, action, value)


async def _usual(statements: "Statements", question: PastQuery, seal: "Seal") -> PastAnswer:
    asked = (question.agent, question.action, question.apart_from or "", NEWEST, LOOKED_THROUGH)
    numbers = []
    for row in await statements.rows(_SQL["worked"], *asked):
        fact = await _fact_of(statements, row["proposal_id"], seal)
        number = None if fact is None or not fact.worked else fact.numbers.get(question.field or "")
        if number is not None:
            numbers.append(number)
    return PastAnswer(count=len(numbers), median=float(median(numbers)) if numbers else None)


async def _repeat(statements: "Statements", question: PastQuery, now: "datetime", seal: "Seal") -> PastAnswer:
    own, digest = question.apart_from or "", question.value or ""
    noes = []
    found = [] if await is_unopposed(statements, digest) else await _same(statements, digest, NOES, own)
    for row in found:
        fact = await seal.facts.of(statements, row["proposal_id"], seal.key)
        if fact.no is not None and fact.digest == digest:
            noes.append(fact.no)
    if noes:
        person, at, reason = max(noes, key=lambda no: no[1])
        overruled = await _overruled(statements, question, at, now, seal)
        return PastAnswer(count=1, by=person, at=at, reason=reason, same=True, overruled=overruled)
    if question.payload is None:
        return PastAnswer()
    outer = outer_digests(json.loads(question.payload, parse_int=float))  # RFC 8785 writes 1e20 as an integer
    since = millis(now - SIMILAR_FOR)
    lately = [each for each in await seal.noes.of(statements, question.agent, question.action, since) if each != own]
    for proposal_id in lately[:SIMILAR_AT_MOST]:
        fact = await seal.facts.of(statements, proposal_id, seal.key)
        if fact.no is not None and nearly_equal(outer, fact.outer):
            person, at, reason = fact.no
            return PastAnswer(count=1, by=person, at=at, reason=reason)
    return PastAnswer()


async def _same(statements: "Statements", digest: str, tags: str, own: str) -> "list[Row]":
    return await statements.rows(_SQL["same"], digest, tags, own, SIMILAR_AT_MOST)


async def _overruled(
    statements: "Statements", question: PastQuery, no_at: "datetime", now: "datetime", seal: "Seal"
) -> bool:
    """Whether a person who was told of the no approved the same of this agent since."""
    own, digest = question.apart_from or "", question.value or ""
    for row in await _same(statements, digest, _YESES, own):
        fact = await _fact_of(statements, row["proposal_id"], seal)
        overruled = fact is not None and fact.agreed_at(now) and (fact.agent, fact.digest) == (question.agent, digest)
        if overruled and fact is not None and fact.revised_at > no_at:
            return True
    return False


async def _fact_of(statements: "Statements", proposal_id: str, seal: "Seal") -> "PastFact | None":
    """None where the entries are not ours: then nothing is known by it, and people are asked."""
    try:
        return await seal.facts.of(statements, proposal_id, seal.key)
    except RowDamaged as damaged:
        seal.damage.met(damaged, proposal_id)
        return None


def _like(pattern: str) -> str:
    r"""The pattern for `LIKE … ESCAPE '\'`."""
    return re.sub(r"([\\%_])", r"\\\1", pattern).replace("*", "%")
