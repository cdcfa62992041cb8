"""The command `signoff`. Exit 0 is well, 1 a finding, 2 wrong use. Errors are a sentence and what to do."""

import asyncio
import json
import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, TypeVar

import typer

from bot.cli.receipt import receipt_app
from signoff_client.command import COMMANDS, run

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence

    from bot.settings import StoreSettings

T = TypeVar("T")

app = typer.Typer(
    name="signoff",
    help="AI agents propose, people decide in Slack, the approved payload runs exactly once.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
policy_app = typer.Typer(help="Look at a policy before it is in force.", no_args_is_help=True)
app.add_typer(policy_app, name="policy")
audit_app = typer.Typer(help="Prove the record.", no_args_is_help=True)
app.add_typer(audit_app, name="audit")
app.add_typer(receipt_app, name="receipt")
callbacks_app = typer.Typer(help="What agents are to be told at their callback_url.", no_args_is_help=True)
app.add_typer(callbacks_app, name="callbacks")
token_app = typer.Typer(help="Tokens of agents.", no_args_is_help=True)
app.add_typer(token_app, name="token")

FINDING, WRONG_USE = 1, 2
PolicyFile = Annotated[Path, typer.Argument(help="The policy file.")]
Since = Annotated[str, typer.Option(metavar="DURATION", help="How far to look back: 12h, 30d.")]
AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]


@app.command()
def serve(
    env_file: Annotated[Path, typer.Option(help="Settings; the environment wins over it.")] = Path(".env"),
) -> None:
    """Run the bot."""
    from bot.settings import SettingsFault, read_settings  # noqa: PLC0415 imports take a second; help must not

    try:
        settings = read_settings(env_file)
    except SettingsFault as fault:
        _fail("The bot cannot start:", *str(fault).splitlines())
    from bot.logs import configure_logs  # noqa: PLC0415

    configure_logs(settings.signoff_log)
    from bot.serve import serve_until_stopped  # noqa: PLC0415

    faults = asyncio.run(serve_until_stopped(settings, lambda: _environment(env_file)))
    if faults:
        _fail("The bot cannot start:", *faults)


@app.command()
def demo(
    port: Annotated[int, typer.Option(help="Of the page in the browser.")] = 8090,
    *,
    once: Annotated[bool, typer.Option(help="Stop when every proposal has come to its end.")] = False,
) -> None:
    """A local Slack, the bot and an agent, on this machine alone: try it in a minute."""
    from demo.run import run_demo  # noqa: PLC0415

    raise typer.Exit(run_demo(port, once=once))


@app.command()
def doctor(
    env_file: Annotated[Path, typer.Option(help="Settings; the environment wins over it.")] = Path(".env"),
    *,
    as_json: AsJson = False,
) -> None:
    """Look at settings, policy, tokens, scopes, channels, people, clock; say how to mend what is wrong; 1 if any is."""
    from bot.settings import SettingsFault, read_settings  # noqa: PLC0415

    try:
        settings = read_settings(env_file)
    except SettingsFault as fault:
        _fail(*str(fault).splitlines())
    from bot.cli.doctor import all_findings, print_findings  # noqa: PLC0415
    from bot.logs import configure_logs  # noqa: PLC0415

    configure_logs(settings.signoff_log)
    well = asyncio.run(print_findings(all_findings(settings, _environment(env_file)), typer.echo, as_json=as_json))
    raise typer.Exit(0 if well else FINDING)


@policy_app.command("check")
def policy_check(policy: PolicyFile = Path("policy.yml"), *, as_json: AsJson = False) -> None:
    """Say what is wrong with a policy, by file, line, rule and key."""
    from policy.report import check  # noqa: PLC0415

    report = check(policy, _environment(Path(".env")))
    _print(report.as_json() if as_json else report.lines())
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
    as_json: AsJson = False,
) -> None:
    """Say what a policy makes of a proposal: tier, roles, what happens when, which rules matched, which not and why."""
    from policy import NotAProposal, PolicyFaults  # noqa: PLC0415
    from policy.report import explain  # noqa: PLC0415

    try:
        text = sys.stdin.read() if str(proposal) == "-" else proposal.read_text(encoding="utf-8")
        explanation = explain(policy, text, agent, at or datetime.now(UTC))
    except (OSError, UnicodeDecodeError) as error:
        _fail(f"{proposal} cannot be read: {error}")
    except PolicyFaults as faults:
        _fail(*(str(fault) for fault in faults.faults))
    except NotAProposal as wrong:
        _fail(str(wrong))
    _print(explanation.as_json() if as_json else explanation.lines())


@policy_app.command("replay")
def policy_replay(
    policy: PolicyFile,
    *,
    since: Since = "30d",
    as_json: AsJson = False,
) -> None:
    """Say which past proposals would be judged differently under a policy; 1 where any would."""
    from bot.cli.replay import go_through, print_replay  # noqa: PLC0415
    from policy import PolicyFaults, load  # noqa: PLC0415
    from policy.checks.replay import Replay  # noqa: PLC0415

    try:
        replay = Replay(policy=load(policy, None), file=str(policy), since=_since(since))
    except PolicyFaults as faults:
        _fail(*(str(fault) for fault in faults.faults))
    _past(go_through(_database_url(), replay.since, replay), needed=True)
    if as_json:
        _print(replay.as_json())
    else:
        print_replay(replay)
    raise typer.Exit(0 if replay.same else FINDING)


@policy_app.command("lint")
def policy_lint(policy: PolicyFile = Path("policy.yml"), *, since: Since = "30d", as_json: AsJson = False) -> None:
    """Say what to mend in a policy: rules that add nothing, cannot be met or never matched; 1 where there is any."""
    from bot.cli.replay import go_through  # noqa: PLC0415
    from policy import check_policy  # noqa: PLC0415
    from policy.checks.rule_usage import Usage  # noqa: PLC0415
    from policy.report import linted  # noqa: PLC0415

    examined, moment = check_policy(policy, None), _since(since)
    usage, history = None, "Past proposals were not looked at."
    if examined.policy is not None:
        usage = Usage(policy=examined.policy, since=moment)
        absent = _past(go_through(_database_url(), moment, usage), needed=False)
        history = usage.told() if absent is None else f"{absent} So nothing is known of rules that never matched."
    report = linted(str(policy), examined, usage, history)
    _print(report.as_json() if as_json else report.lines())
    raise typer.Exit(0 if report.clean else FINDING)


@policy_app.command("schema")
def policy_schema() -> None:
    """Print the JSON Schema of the policy file, for editors."""
    from policy.reference.editor_schema import policy_schema_text  # noqa: PLC0415

    typer.echo(policy_schema_text(), nl=False)


@audit_app.command("verify")
def audit_verify(
    env_file: Annotated[Path, typer.Option(help="Settings.")] = Path(".env"), *, as_json: AsJson = False
) -> None:
    """Check every entry of the audit log, and every row that decides against them; 1 where anything differs."""
    from bot.cli.audit import verify  # noqa: PLC0415
    from bot.settings import SettingsFault, read_store_settings  # noqa: PLC0415

    try:
        settings = read_store_settings(env_file)
    except SettingsFault as fault:
        _fail(*str(fault).splitlines())
    verified = asyncio.run(verify(settings))
    _print(verified.as_json() if as_json else verified.lines())
    raise typer.Exit(0 if verified.sound else FINDING)


@callbacks_app.command("list")
def callbacks_list(
    env_file: Annotated[Path, typer.Option(help="Settings.")] = Path(".env"),
    *,
    everything: Annotated[bool, typer.Option("--all", help="What was told too, newest first.")] = False,
    as_json: AsJson = False,
) -> None:
    """List callbacks that were given up or stopped, and those that wait; 1 where any was given up."""
    from bot.cli import callbacks  # noqa: PLC0415

    kept = _of_callbacks(lambda settings: callbacks.undelivered(settings, told=everything), env_file)
    if as_json:
        typer.echo(json.dumps([callbacks.as_json(each) for each in kept], indent=2))
    else:
        typer.echo("\n".join(callbacks.callback_line(each) for each in kept) or "Every callback was taken.")
    raise typer.Exit(FINDING if any(each.state == "parked" for each in kept) else 0)


@callbacks_app.command("retry")
def callbacks_retry(
    callback: Annotated[str | None, typer.Argument(metavar="[ID]", help="One, by its id.")] = None,
    env_file: Annotated[Path, typer.Option(help="Settings.")] = Path(".env"),
    *,
    everything: Annotated[bool, typer.Option("--all", help="All that were given up.")] = False,
    as_json: AsJson = False,
) -> None:
    """Begin anew with a callback that was given up or stopped, or with all that were given up; 1 if there is none."""
    from bot.cli import callbacks  # noqa: PLC0415

    if (callback is None) != everything:
        _fail("Name one callback by its id, or all that were given up with --all.")
    retried = _of_callbacks(lambda settings: callbacks.retried(settings, callback), env_file)
    if as_json:
        typer.echo(json.dumps(retried))
    else:
        typer.echo(
            "\n".join(retried) or "There is none to begin anew with: signoff callbacks list shows what there is."
        )
    raise typer.Exit(0 if retried or everything else FINDING)


@token_app.command("new")
def token_new() -> None:
    """Make a token for an agent: the token for the agent, its digest for the policy."""
    import hashlib  # noqa: PLC0415
    import secrets  # noqa: PLC0415

    token = f"sgn_{secrets.token_urlsafe(32)}"
    typer.echo(f"token (give it to the agent, it is not shown again):  {token}")
    typer.echo(f"token_sha256 (for its entry in policy.yml):           {hashlib.sha256(token.encode()).hexdigest()}")


def _clients(context: typer.Context) -> None:
    raise typer.Exit(run([context.info_name or "", *context.args]))


for _name, (_, _told) in COMMANDS.items():  # those of the client, which reads their arguments itself
    _unread = {"allow_extra_args": True, "ignore_unknown_options": True}
    app.command(_name, help=_told, add_help_option=False, context_settings=_unread)(_clients)


def main() -> None:
    """The entry point: of the command `signoff`, where the bot is installed."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    app()


def _of_callbacks(ask: "Callable[[StoreSettings], Coroutine[Any, Any, list[T]]]", env_file: Path) -> "list[T]":
    from bot.cli.callbacks import Unread  # noqa: PLC0415
    from bot.settings import SettingsFault, read_store_settings  # noqa: PLC0415

    try:
        return asyncio.run(ask(read_store_settings(env_file)))
    except (SettingsFault, Unread) as fault:
        _fail(*str(fault).splitlines())


def _environment(env_file: Path) -> dict[str, str]:
    """The environment over `.env`: where the policy finds the tokens it names."""
    from dotenv import dotenv_values  # noqa: PLC0415

    from bot.settings import SettingsFault, require_readable  # noqa: PLC0415

    try:
        require_readable(env_file)
    except SettingsFault as fault:
        _fail(str(fault))
    kept = dotenv_values(env_file) if env_file.exists() else {}
    return {**{name: value for name, value in kept.items() if value is not None}, **os.environ}


def _database_url() -> str:
    """Of the database that the bot here would use; nothing else of its settings is needed to read."""
    from bot.settings import Settings  # noqa: PLC0415

    default = Settings.model_fields["signoff_database_url"].default
    return _environment(Path(".env")).get("SIGNOFF_DATABASE_URL") or str(default)


def _since(span: str) -> "datetime":
    from bot.cli.replay import moment_before  # noqa: PLC0415
    from policy.file.scalars import WrongShape  # noqa: PLC0415

    try:
        return moment_before(span)
    except WrongShape as wrong:
        _fail(f"--since: {wrong.message}. {wrong.remedy}")


def _past(reading: "Coroutine[Any, Any, None]", *, needed: bool) -> str | None:
    """Reads to the end. That there is no database is wrong use where one is needed, and else the answer."""
    from approvals.ports import StoreBusy  # noqa: PLC0415
    from storage import NoDatabase, StoreFault  # noqa: PLC0415

    try:
        asyncio.run(reading)
    except (StoreFault, StoreBusy) as fault:
        if needed or not isinstance(fault, NoDatabase):
            _fail(str(fault))
        return str(fault)
    return None


def _print(said: "dict[str, Any] | Sequence[str]") -> None:
    typer.echo(json.dumps(said, indent=2, ensure_ascii=False) if isinstance(said, dict) else "\n".join(said))


def _fail(*lines: str) -> NoReturn:
    for line in lines:
        typer.echo(line, err=True)
    raise typer.Exit(WRONG_USE)
