"""Policy commands, `signoff policy …`: look at a policy before it is in force."""

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.console import FINDING, AsJson, database_url, environment, fail, print_answer

if TYPE_CHECKING:
    from collections.abc import Coroutine

policy_app = typer.Typer(help="Look at a policy before it is in force.", no_args_is_help=True)
PolicyFile = Annotated[Path, typer.Argument(help="The policy file.")]
Since = Annotated[str, typer.Option(metavar="DURATION", help="How far to look back: 12h, 30d.")]


@policy_app.command("check")
def policy_check(
    policy: PolicyFile = Path("policy.yml"),
    *,
    no_secrets: Annotated[
        bool, typer.Option("--no-secrets", help="Look for no token and no secret: where there are none, in a pipeline.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Say what is wrong with a policy, by file, line, rule and key."""
    from policy.report import check  # noqa: PLC0415 imports take a second; help must not

    report = check(policy, None if no_secrets else environment(Path(".env")))
    print_answer(report.as_json() if as_json else report.lines())
    raise typer.Exit(0 if report.sound else FINDING)


@policy_app.command("explain")
def policy_explain(
    policy: PolicyFile,
    proposal: Annotated[Path, typer.Argument(help="A proposal as JSON, as an agent would send it; - reads it.")],
    *,
    agent: Annotated[
        str | None, typer.Option(help="Whose proposal it is; else the JSON's agent, else the only one.")
    ] = None,
    at: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M%z"],
            metavar="TIME",
            help="When it would be proposed: 2026-11-20T16:50 by the clock of the hours, or with +01:00; else now.",
        ),
    ] = None,
    expect: Annotated[
        str | None,
        typer.Option(metavar="WHAT", help="What it has to come to, as approve:finance; else 1."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say what a policy makes of a proposal: tier, roles, what happens when, which rules matched, which not and why."""
    from policy import NotAProposal, PolicyFaults  # noqa: PLC0415
    from policy.cases import NotAnExpectation, expectation, outcome  # noqa: PLC0415
    from policy.report import explain  # noqa: PLC0415

    try:
        expected = None if expect is None else expectation(expect)
        if str(proposal).lstrip().startswith("{"):
            fail(
                "Name a file that holds the proposal, or write - and send it on standard input: echo '{…}' | signoff …"
            )
        text = sys.stdin.read() if str(proposal) == "-" else proposal.read_text(encoding="utf-8")
        explanation = explain(policy, text, agent, at or datetime.now(UTC))
    except (OSError, UnicodeDecodeError) as error:
        fail(f"{proposal} cannot be read: {error}")
    except PolicyFaults as faults:
        fail(*(str(fault) for fault in faults.faults))
    except (NotAProposal, NotAnExpectation) as wrong:
        fail(str(wrong))
    print_answer(explanation.as_json() if as_json else explanation.lines())
    if expected is not None and not expected.is_met(explanation):
        typer.echo(f"It comes to {outcome(explanation)}, and {expected} was expected.", err=True)
        raise typer.Exit(FINDING)


@policy_app.command("test")
def policy_test(
    cases: Annotated[Path, typer.Argument(help="A YAML list of proposals, each with what it has to come to.")],
    *,
    policy: Annotated[Path, typer.Option(help="The policy file.")] = Path("policy.yml"),
    as_json: AsJson = False,
) -> None:
    """Hold a policy against cases, with no token and no database; 1 where any comes to something else."""
    from policy import PolicyFaults, load  # noqa: PLC0415
    from policy.cases import NotACase, tried  # noqa: PLC0415

    try:
        report = tried(load(policy, None), cases)
    except PolicyFaults as faults:
        fail(*(str(fault) for fault in faults.faults))
    except NotACase as wrong:
        fail(str(wrong))
    print_answer(report.as_json() if as_json else report.lines())
    raise typer.Exit(0 if report.sound else FINDING)


@policy_app.command("replay")
def policy_replay(
    policy: PolicyFile,
    *,
    since: Since = "30d",
    as_json: AsJson = False,
) -> None:
    """Say which past proposals would be judged differently under a policy; 1 where any would."""
    from bot.cli.policies.replay import go_through, print_replay  # noqa: PLC0415
    from policy import PolicyFaults, load  # noqa: PLC0415
    from policy.checks.replay import Replay  # noqa: PLC0415

    try:
        replay = Replay(policy=load(policy, None), file=str(policy), since=_since(since))
    except PolicyFaults as faults:
        fail(*(str(fault) for fault in faults.faults))
    _past(go_through(database_url(), replay.since, replay), needed=True)
    if as_json:
        print_answer(replay.as_json())
    else:
        print_replay(replay)
    raise typer.Exit(0 if replay.same else FINDING)


@policy_app.command("suggest")
def policy_suggest(
    policy: PolicyFile = Path("policy.yml"),
    *,
    since: Since = "90d",
    rule: Annotated[
        list[str] | None, typer.Option("--rule", metavar="ID", help="This rule alone; as often as needed.")
    ] = None,
    at_least: Annotated[
        int, typer.Option(metavar="NUMBER", min=50, help="Approvals, read and unchanged, before anything loosens.")
    ] = 200,
    error: Annotated[
        float, typer.Option(metavar="SHARE", min=0.001, max=0.1, help="What share that goes wrong has to be excluded.")
    ] = 0.02,
    write: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A new file beside the policy, with all changes in it.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say which changes of a policy the decisions of the past bear, with their figures, diff and replay."""
    from bot.cli.policies.suggest import NotWritten, of, read_past  # noqa: PLC0415
    from bot.cli.policies.suggest import write as write_new  # noqa: PLC0415
    from policy import PolicyFaults, check_content, load  # noqa: PLC0415
    from policy.checks.suggestion import Bounds  # noqa: PLC0415
    from policy.file.edits import Unwritable  # noqa: PLC0415
    from policy.suggest import Suggesting  # noqa: PLC0415

    moment = _since(since)
    try:
        known = load(policy, None)
        suggesting = Suggesting(
            file=policy,
            content=policy.read_bytes(),
            check=lambda content: check_content(policy, content),
            bounds=Bounds(decisions=at_least, error=error),
        )
    except PolicyFaults as faults:
        fail(*(str(fault) for fault in faults.faults))
    if unknown := sorted(set(rule or ()) - {each.id for each in known.rules}):
        fail(f"There is no rule {unknown[0]} in {policy}.")
    _past(read_past(database_url(), moment, suggesting), needed=True)
    suggested = of(suggesting, moment, rule or ())
    if write is not None:
        try:
            taken = write_new(suggesting, rule, write)
        except (NotWritten, Unwritable) as wrong:
            fail(str(wrong))
        typer.echo(f"{write} has the changes of {', '.join(taken)}; {policy} is as it was.", err=True)
    print_answer(suggested.as_json() if as_json else suggested.lines())


@policy_app.command("lint")
def policy_lint(
    policy: PolicyFile = Path("policy.yml"),
    *,
    since: Since = "30d",
    unused: Annotated[bool, typer.Option("--unused", help="Rules that never matched are to be mended, too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Say what to mend in a policy: rules that add nothing or cannot be met, unknown fields, what `check` warns of.

    The exit code is 1 if there is any of it, be it a single warning; notes do not count.
    """
    from bot.cli.policies.replay import enrolled_in, go_through  # noqa: PLC0415
    from policy import check_policy  # noqa: PLC0415
    from policy.checks.rule_usage import Usage  # noqa: PLC0415
    from policy.report import linted  # noqa: PLC0415

    examined, moment = check_policy(policy, None), _since(since)
    usage, history, enrolled = None, "Past proposals were not looked at.", None
    if examined.policy is not None:
        usage = Usage(policy=examined.policy, since=moment)
        absent = _past(go_through(database_url(), moment, usage), needed=False)
        history = usage.summary() if absent is None else f"{absent} So nothing is known of rules that never matched."
        enrolled = None if absent else asyncio.run(enrolled_in(database_url()))
    report = linted(str(policy), examined, usage, history, unused=unused, enrolled=enrolled)
    print_answer(report.as_json() if as_json else report.lines())
    raise typer.Exit(0 if report.clean else FINDING)


@policy_app.command("schema")
def policy_schema() -> None:
    """Print the JSON Schema of the policy file, for editors."""
    from policy.reference.editor_schema import policy_schema_text  # noqa: PLC0415

    typer.echo(policy_schema_text(), nl=False)


def _since(span: str) -> "datetime":
    from bot.cli.policies.replay import moment_before  # noqa: PLC0415
    from policy.file.scalars import WrongShape  # noqa: PLC0415

    try:
        return moment_before(span)
    except WrongShape as wrong:
        fail(f"--since: {wrong.message}. {wrong.remedy}")


def _past(reading: "Coroutine[Any, Any, None]", *, needed: bool) -> str | None:
    """Reads to the end. That there is no database is wrong use where one is needed, and else the answer."""
    from approvals.ports import StoreBusy  # noqa: PLC0415
    from storage import NoDatabase, StoreFault  # noqa: PLC0415

    try:
        asyncio.run(reading)
    except (StoreFault, StoreBusy) as fault:
        if needed or not isinstance(fault, NoDatabase):
            fail(str(fault))
        return str(fault)
    return None
