"""Options of `signoff ask`, parsed before anybody is asked."""

import argparse
import math
import os
import re
import secrets
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NoReturn

from signoff_client.commands.payload_files import Unreadable, payload_of, strict_json
from signoff_client.commands.pipelines import Pipeline, pipeline_of
from signoff_client.digest import digest_of
from signoff_client.errors import Invalid

UNITS: Final = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}
EPILOG: Final = """\
exit codes: 0 approved as given and claimed · 2 wrong use · 3 rejected, blocked, revoked, withdrawn, lapsed or stopped ·
4 nobody decided in time · 5 the service cannot be reached · 6 approved with changes (claimed only with --payload-out) ·
7 not decided when the wait was over · 8 claimed by another call · 129, 130, 143 cancelled, and the request taken back
"""


class WrongUse(ValueError):
    """What is wrong, and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """One call, understood. Durations in seconds."""

    action: str
    payload: dict[str, Any]
    reasoning: str
    key: str
    wait: float
    patience: float
    payload_out: Path | None
    url: str | None
    fields: dict[str, Any]


class Parser(argparse.ArgumentParser):
    """Says what is wrong as an exception, for standard output has its own form."""

    def error(self, message: str) -> NoReturn:
        """Raises WrongUse."""
        raise WrongUse(f"{message[:1].upper()}{message[1:]}. `{self.prog} --help` lists what there is.")


def options_of(arguments: Sequence[str]) -> Options:
    """Raises WrongUse."""
    parsed = _parser().parse_args(arguments)
    pipeline = pipeline_of(os.environ)
    try:
        payload = payload_of(parsed.payload, None if sys.stdin is None else sys.stdin.buffer)
        digest = digest_of(parsed.action, payload)
    except (Unreadable, Invalid) as fault:
        raise WrongUse(str(fault)) from None
    out = None if parsed.payload_out is None else Path(parsed.payload_out)
    if out is not None and parsed.payload.startswith("@") and _same(out, Path(parsed.payload[1:])):
        raise WrongUse("--payload-out must not be the file that is proposed.")
    return Options(
        action=parsed.action,
        payload=payload,
        reasoning=parsed.reasoning or (pipeline.reasoning if pipeline else "The caller gave no reasons."),
        key=parsed.key or (pipeline.key(parsed.action, digest) if pipeline else secrets.token_urlsafe(18)),
        wait=parsed.wait,
        patience=parsed.patience,
        payload_out=out,
        url=parsed.url,
        fields=_fields(parsed, pipeline),
    )


def _parser() -> Parser:
    parser = Parser(
        prog="signoff ask",
        description="Asks people, waits for their decision, and claims what they approved, once.",
        epilog=EPILOG,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("--action", required=True, help="what is to be done, as `deploy.production`")
    add("--payload", required=True, metavar="@FILE|-|JSON", help="exactly what would run: a JSON object")
    add("--wait", nargs="?", type=duration, default=0.0, const=math.inf, metavar="DURATION", help="how long (30m, 2h)")
    add("--reasoning", help="why; in a pipeline, what is known of it")
    add("--summary", help="one line for lists")
    add("--key", help="what makes a second call the same request; in a pipeline, its job, attempt, action and payload")
    add("--run-id", help="given back everywhere; in a pipeline, its own")
    add("--context", action="append", default=[], metavar="TITLE=TEXT", help="evidence: a text, or an https address")
    add("--json", action="append", default=[], metavar="FIELD=JSON", help="another field of a proposal")
    add("--expires-in", type=duration, metavar="DURATION", help="decide sooner than the policy says")
    add("--payload-out", metavar="FILE", help="take changes too: claim, and write there what was approved")
    add("--patience", type=duration, default=60.0, metavar="DURATION", help="how long to try while the service is away")
    add("--url", help="of the service; else SIGNOFF_URL. The token is SIGNOFF_TOKEN")
    return parser


def duration(text: str) -> float:
    """`90`, `30s`, `10m`, `2h`, `1d` in seconds. Raises ArgumentTypeError."""
    found = re.fullmatch(r"([0-9]{1,9})([smhd]?)", text)
    if found is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no duration; write 30s, 10m, 2h or 1d")
    return float(int(found[1]) * UNITS[found[2]])


def _fields(parsed: argparse.Namespace, pipeline: Pipeline | None) -> dict[str, Any]:
    context = [_evidence(each) for each in parsed.context]
    fields: dict[str, Any] = {}
    if pipeline is not None:
        fields["run_id"] = pipeline.run_id
        context.append({"title": "The run", "url": pipeline.url})
    named = {"summary": parsed.summary, "run_id": parsed.run_id, "context": context or None}
    if parsed.expires_in is not None:
        named["expires_in"] = int(parsed.expires_in)
    fields |= {name: value for name, value in named.items() if value is not None}
    for each in parsed.json:
        name, equals, value = each.partition("=")
        if not equals or not name.isidentifier() or name in {*fields, "action", "payload", "reasoning", "key"}:
            raise WrongUse(
                f"--json {each[:60]!r}: write FIELD=JSON, each field once, and none that has its own option."
            )
        if name in ("claim", "claimant"):
            raise WrongUse("--json cannot claim: that is done once people have decided.")
        try:
            fields[name] = strict_json(value.encode("utf-8", "surrogateescape"))
        except Unreadable as fault:
            raise WrongUse(f"--json {name}: {str(fault).replace('The payload', 'The value')}") from None
    return fields


def _evidence(argument: str) -> dict[str, str]:
    title, equals, text = argument.partition("=")
    if not equals or not title.strip():
        raise WrongUse(f"--context {argument[:60]!r}: write TITLE=TEXT.")
    return {"title": title.strip(), "url" if text.startswith(("https://", "http://")) else "text": text}


def _same(one: Path, other: Path) -> bool:
    return one.resolve() == other.resolve()
