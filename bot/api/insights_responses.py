"""Response models of insights: what the OpenAPI document says of their figures."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from bot.api.responses import Moment


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ShareBody(_Body):
    """So many of so many, and between what the true share lies."""

    count: int
    of: int
    share: Annotated[float | None, Field(description="From 0 to 1; null of none.")]
    at_least: float
    at_most: float
    confidence: Annotated[float, Field(description="How likely the true share lies in between (Wilson's interval).")]


class QuantilesBody(_Body):
    """How numbers are spread, as far as they are known."""

    known: Annotated[int, Field(description="How many there are.")]
    median: float | None
    p90: float | None


class ReadBody(_Body):
    """How long cards were before who decided, held against the time it takes to read them."""

    reading_times: Annotated[QuantilesBody, Field(description="1 is just long enough, at 3.75 words a second.")]
    below_half: Annotated[ShareBody, Field(description="Decisions in less than half of it, of those known.")]


class StreakBody(ReadBody):
    """Decisions that were so many within an hour of their reviewer's."""

    from_: Annotated[int, Field(alias="from")]
    to: int | None
    made: int
    approved: int
    edited: int
    rejected: int
    after_details: int


class ProposalFigures(_Body):
    """What became of what people were asked; all up to ended_otherwise add up to asked."""

    asked: int
    waits: int
    approved_untouched: int
    approved_edited: int
    rejected: int
    expired: int
    revoked: int
    ended_otherwise: Annotated[int, Field(description="Withdrawn, or ended by a changed policy or a stop.")]
    failed: Annotated[int, Field(description="Of those approved.")]
    untouched: Annotated[ShareBody, Field(description="Approved as it was, of what was approved or rejected.")]
    seconds_to_decide: QuantilesBody


class DecisionFigures(ReadBody):
    """How the decisions were made."""

    made: int
    approved: int
    edited: Annotated[int, Field(description="Approved with the reviewer's own edit.")]
    rejected: int
    after_details: Annotated[int, Field(description="Details was opened before.")]
    rushed: Annotated[int, Field(description="Sooner than anybody reads.")]
    retracted: int
    failed_later: Annotated[int, Field(description="Approvals after which acting failed.")]
    revoked_later: Annotated[int, Field(description="Approvals that somebody revoked.")]
    disagreed: Annotated[ShareBody, Field(description="Of the second decisions where two or more are asked.")]
    seconds_from_seeing: QuantilesBody
    streaks: list[StreakBody]


class MoreToJudge(_Body):
    """How many more samples, all fine, would show an error below a bound."""

    below: float
    more: Annotated[int | None, Field(description="null where no number would.")]


class SampleFigures(_Body):
    """What people said of what ran by itself."""

    sampled: int
    not_fine: Annotated[ShareBody, Field(description="Of those judged.")]
    more_to_judge: list[MoreToJudge]


class DrillFigures(_Body):
    """How drills ended, which count in no other figure."""

    caught: Annotated[ShareBody, Field(description="Somebody said no to it, of those that were caught or missed.")]
    missed: Annotated[int, Field(description="It got all the approvals that it asked for.")]
    unanswered: int
    broken_off: Annotated[int, Field(description="Changed, asked about, or called off: neither caught nor missed.")]


class FiguresBody(_Body):
    """The figures of everything."""

    proposals: ProposalFigures
    decisions: DecisionFigures
    samples: SampleFigures
    drills: DrillFigures


class NamedFigures(FiguresBody):
    """The figures of one action, rule, agent or role; the rule without a name is the default."""

    name: str


class QueueBody(_Body):
    """What waits for a role now."""

    role: str
    waits: int
    oldest_seconds: int


class InsightsBody(_Body):
    """What became of what people were asked, and how they decided it; of no person by name."""

    since: Moment
    until: Moment
    everything: FiguresBody
    actions: list[NamedFigures]
    rules: list[NamedFigures]
    agents: list[NamedFigures]
    roles: list[NamedFigures]
    left_out: Annotated[dict[str, int], Field(description="How many more there are, by the list; most come first.")]
    queue: list[QueueBody]
