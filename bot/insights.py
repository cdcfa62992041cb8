"""Insights as programs are told them: one object of figures, the same for who asks over HTTP or by a command."""

from typing import TYPE_CHECKING, Any

from approvals.estimate import CONFIDENCE
from approvals.events import instant
from approvals.oversight import ONCE, VERDICTS, Figure, Oversight, Spread
from bot.audit_export import moment_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from approvals.estimate import Share
    from storage import Insight, Queue

USUAL = "30d"
"""Since when, where nobody says it."""
SUBJECTS = ("actions", "rules", "agents", "roles")
"""What has figures of its own; people do not here, for theirs are for themselves and for whoever leads their role."""
_DAY = 86_400_000


def day_of(since: "datetime") -> "datetime":
    """From when on figures count that are asked since a moment: from the beginning of its day, in UTC."""
    return moment_of(int(since.timestamp() * 1000) // _DAY * _DAY)


def insight_object(insight: "Insight", queue: "Sequence[Queue]", since: "datetime", now: "datetime") -> dict[str, Any]:
    """Figures of all, and of each action, rule, agent and role; the rule without a name is the default."""
    found: dict[str, Any] = {
        "since": instant(day_of(since)),
        "until": instant(now),
        "everything": _figures(insight.everything),
    }
    for subject in SUBJECTS:
        found[subject] = [{"name": each.name, **_figures(each)} for each in getattr(insight, subject)]
    found["left_out"] = {f"{kind}s": count for kind, count in insight.left_out.items() if f"{kind}s" in SUBJECTS}
    found["queue"] = [
        {"role": each.role, "waits": each.waits, "oldest_seconds": int((now - each.oldest).total_seconds())}
        for each in queue
    ]
    return found


def _figures(of: Oversight) -> dict[str, Any]:
    return {
        "proposals": {
            "asked": of.asked,
            "waits": of.number(Figure.waits),
            "approved_untouched": of.number(Figure.untouched),
            "approved_edited": of.number(Figure.edited),
            "rejected": of.number(Figure.rejected),
            "expired": of.number(Figure.expired),
            "revoked": of.number(Figure.revoked),
            "ended_otherwise": of.number(Figure.otherwise),
            "failed": of.number(Figure.failed),
            "untouched": _share(of.untouched),
            "seconds_to_decide": _quantiles(of.wait, 1000),
        },
        "decisions": {
            "made": of.decisions,
            **_verdicts({verdict: of.number(verdict) for verdict in VERDICTS}),
            "after_details": of.number(Figure.details),
            "rushed": of.number(Figure.rushed),
            "retracted": of.number(Figure.retracted),
            "failed_later": of.number(Figure.failed_later),
            "revoked_later": of.number(Figure.undone_later),
            "disagreed": _share(of.disagreed),
            "seconds_from_seeing": _quantiles(of.looked, 1000),
            **_read(of.read),
            "streaks": [
                {
                    "from": each.begins,
                    "to": each.ends,
                    "made": each.decisions,
                    **_verdicts(each.verdicts),
                    "after_details": each.details,
                    **_read(each.read),
                }
                for each in of.streaks
            ],
        },
        "samples": {
            "sampled": of.number(Figure.sampled),
            "not_fine": _share(of.error),
            "more_to_judge": [{"below": bound, "more": more} for bound, more in of.more_to_judge],
        },
        "drills": {
            "caught": _share(of.caught),
            "missed": of.number(Figure.missed),
            "unanswered": of.number(Figure.unanswered),
            "broken_off": of.number(Figure.broken_off),
        },
    }


def _verdicts(made: "Mapping[Figure, int]") -> dict[str, int]:
    return {"approved": made[Figure.agreed], "edited": made[Figure.changed], "rejected": made[Figure.refused]}


def _read(spread: Spread) -> dict[str, Any]:
    return {"reading_times": _quantiles(spread, ONCE), "below_half": _share(spread.below(ONCE // 2))}


def _share(share: "Share") -> dict[str, Any]:
    low, high = share.bounds
    return {
        "count": share.hits,
        "of": share.cases,
        "share": None if share.value is None else round(share.value, 4),
        "at_least": round(low, 4),
        "at_most": round(high, 4),
        "confidence": CONFIDENCE,
    }


def _quantiles(spread: Spread, unit: int) -> dict[str, Any]:
    middle, most = spread.quantile(0.5), spread.quantile(0.9)
    return {
        "known": spread.count,
        "median": None if middle is None else round(middle / unit, 3),
        "p90": None if most is None else round(most / unit, 3),
    }
