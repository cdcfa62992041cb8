"""Command line: `signoff`. Exit 0 is well, 1 a finding, 2 wrong use. Errors are a sentence and what to do."""

import asyncio
import json
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from bot.cli.backup.commands import backup, restore
from bot.cli.console import FINDING, AsJson, environment, fail, print_answer
from bot.cli.feedback.commands import feedback_app
from bot.cli.policies.commands import policy_app
from bot.cli.record.commands import audit_app, evidence_app
from bot.cli.record.erase_command import erase
from bot.cli.record.receipt import receipt_app
from bot.cli.stop_commands import resume_app, stop_app
from signoff_client.command import COMMANDS, run

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from bot.settings import StoreSettings
    from demo.run import Own

T = TypeVar("T")

app = typer.Typer(
    name="signoff",
    help="AI agents propose, people decide in Slack, the approved payload runs exactly once.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(policy_app, name="policy")
app.command()(erase)
app.command()(backup)
app.command()(restore)
app.add_typer(audit_app, name="audit")
app.add_typer(receipt_app, name="receipt")
callbacks_app = typer.Typer(help="What agents are to be told at their callback_url.", no_args_is_help=True)
app.add_typer(callbacks_app, name="callbacks")
app.add_typer(stop_app, name="stop")
app.add_typer(resume_app, name="resume")
app.add_typer(evidence_app, name="evidence")
app.add_typer(feedback_app, name="feedback")
token_app = typer.Typer(help="Tokens of agents.", no_args_is_help=True)
app.add_typer(token_app, name="token")


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(help="Where; it may be there already.")] = Path(),
    *,
    channel: Annotated[str | None, typer.Option(metavar="ID", help="The channel for cards: C0SUPPORT.")] = None,
    reviewer: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Who decides: U0ALICE; as often as needed.")
    ] = None,
    owner: Annotated[
        str | None, typer.Option(metavar="ID", help="Who answers for the agent; else the first reviewer.")
    ] = None,
    agent: Annotated[str, typer.Option(metavar="NAME", help="The agent's name.")] = "agent",
) -> None:
    """Write a policy, settings with fresh secrets and the app's manifest, and say what is left to do in Slack."""
    from bot.cli.starter import CHANNEL, PERSON, Beginning, NotBegun, begin  # noqa: PLC0415 later: help must not wait

    reviewers = reviewer or [PERSON]
    beginning = Beginning(channel=channel or CHANNEL, reviewers=reviewers, owner=owner or reviewers[0], agent=agent)
    try:
        print_answer(begin(folder, beginning))
    except NotBegun as wrong:
        fail(str(wrong))


@app.command()
def serve(
    env_file: Annotated[Path, typer.Option(help="Settings; the environment wins over it.")] = Path(".env"),
) -> None:
    """Run the bot."""
    from bot.settings import SettingsFault, read_settings  # noqa: PLC0415 imports take a second; help must not

    try:
        settings = read_settings(env_file)
    except SettingsFault as fault:
        fail("The bot cannot start:", *str(fault).splitlines())
    from bot.logs import configure_logs  # noqa: PLC0415

    configure_logs(settings.signoff_log)
    from bot.secret_files import exposures, secret_files, warn  # noqa: PLC0415
    from bot.serve import serve_until_stopped  # noqa: PLC0415

    warn(exposures(secret_files(env_file, settings.signoff_database_url)))

    faults = asyncio.run(serve_until_stopped(settings, lambda: environment(env_file)))
    if faults:
        fail("The bot cannot start:", *faults)


@app.command()
def demo(
    port: Annotated[int, typer.Option(help="Of the page in the browser.", min=0, max=65535)] = 8090,
    *,
    once: Annotated[bool, typer.Option(help="Stop when every proposal has come to its end.")] = False,
    policy: Annotated[Path | None, typer.Option(metavar="FILE", help="Play with a policy of your own.")] = None,
) -> None:
    """A local Slack, the bot and an agent, on this machine alone: try it in a minute."""
    from demo.run import run_demo  # noqa: PLC0415

    if once and policy is not None:
        fail("With --policy nothing is proposed by itself, so --once has nothing to wait for. Leave it out.")
    raise typer.Exit(run_demo(port, once=once, own=_own(policy)))


@app.command()
def sandbox(
    port: Annotated[int, typer.Option(help="Of the page in the browser.", min=0, max=65535)] = 8090,
    *,
    policy: Annotated[Path | None, typer.Option(metavar="FILE", help="With the people and channels it names.")] = None,
) -> None:
    """A local Slack alone, for a bot that you start beside it."""
    from demo.run import run_sandbox  # noqa: PLC0415

    raise typer.Exit(run_sandbox(port, _own(policy)))


@app.command()
def doctor(
    env_file: Annotated[Path, typer.Option(help="Settings; the environment wins over it.")] = Path(".env"),
    *,
    as_json: AsJson = False,
) -> None:
    """Look at settings, policy, tokens, scopes, channels, people, clock; say how to mend what is wrong; 1 if any is."""
    from bot.settings import SettingsFault, read_local_settings, read_settings, require_readable  # noqa: PLC0415

    try:
        require_readable(env_file)
        local = read_local_settings(env_file)
    except SettingsFault as fault:
        fail(*str(fault).splitlines())
    from bot.cli.doctor import all_findings, local_findings, print_findings  # noqa: PLC0415
    from bot.logs import configure_logs  # noqa: PLC0415

    try:
        settings = read_settings(env_file)
        configure_logs(settings.signoff_log)
        findings = all_findings(settings, environment(env_file), env_file)
    except SettingsFault as faults:
        findings = local_findings(str(faults).splitlines(), local, environment(env_file), env_file)
    well = asyncio.run(print_findings(findings, typer.echo, as_json=as_json))
    raise typer.Exit(0 if well else FINDING)


@app.command()
def fsck(
    env_file: Annotated[Path, typer.Option(help="Settings.")] = Path(".env"),
    *,
    checkpoint: Annotated[
        list[str] | None, typer.Option(metavar="SEQ:HASH", help="An entry that was there; as often as needed.")
    ] = None,
    checkpoints: Annotated[Path | None, typer.Option(metavar="FILE", help="Checkpoints kept elsewhere.")] = None,
    running: Annotated[bool, typer.Option("--running", help="A bot is up: nothing may be overdue.")] = False,
    as_json: AsJson = False,
) -> None:
    """Read the whole database by another road than the bot does, and say what of it cannot be true; 1 if anything."""
    from bot.cli.record.fsck import NotRead, WrongCheckpoint, checked, checkpoints_in  # noqa: PLC0415
    from bot.cli.record.fsck import checkpoint as read_checkpoint  # noqa: PLC0415
    from bot.settings import SettingsFault, read_store_settings  # noqa: PLC0415

    try:
        noted = [read_checkpoint(each) for each in checkpoint or ()]
        noted += checkpoints_in(checkpoints) if checkpoints is not None else []
        settings = read_store_settings(env_file)
    except (SettingsFault, WrongCheckpoint) as fault:
        fail(*str(fault).splitlines())
    try:
        examined = checked(settings, noted, running=running, tell=lambda said: typer.echo(said, err=True))
    except NotRead as fault:
        print_answer({"sound": False, "trouble": str(fault)} if as_json else [str(fault)])
        raise typer.Exit(FINDING) from None
    print_answer(examined.as_json() if as_json else examined.lines())
    raise typer.Exit(0 if examined.sound else FINDING)


@app.command()
def verify(
    policy: Annotated[Path, typer.Option(metavar="FILE", help="The policy on which they are tried.")] = Path(
        "policy.yml"
    ),
    *,
    only: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="This guarantee alone; as often as needed.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Try every guarantee on a policy, in scratch databases, with the program as it is installed; 1 if any fails."""
    from bot.cli.guarantees.trial import GUARANTEES  # noqa: PLC0415
    from bot.cli.verify import unknown, verify  # noqa: PLC0415
    from bot.logs import silence_logs  # noqa: PLC0415
    from policy import PolicyFaults  # noqa: PLC0415

    if none := unknown(only or ()):
        fail(f"There is no guarantee {none[0]}. There are: {', '.join(GUARANTEES)}.")
    silence_logs()
    try:
        sound = asyncio.run(verify(policy, only or (), lambda said: typer.echo(said, err=True), as_json=as_json))
    except PolicyFaults as faults:
        fail(*(str(fault) for fault in faults.faults))
    raise typer.Exit(0 if sound else FINDING)


@app.command()
def migrate(
    source: Annotated[
        str, typer.Argument(metavar="FROM", help="Address of the database there is: sqlite:///signoff.db.")
    ],
    target: Annotated[
        str, typer.Argument(metavar="TO", help="Address of an empty one: postgresql://user@host/signoff.")
    ],
    env_file: Annotated[Path, typer.Option(help="Settings.")] = Path(".env"),
    *,
    as_json: AsJson = False,
) -> None:
    """Copy the whole store to another database and make sure that it is whole there. Stop the bot first."""
    from bot.cli.relocation import NotCopied, copy_store, left_to_do  # noqa: PLC0415
    from bot.settings import SettingsFault, read_store_settings  # noqa: PLC0415

    try:
        settings = read_store_settings(env_file)
        counts = asyncio.run(copy_store(settings, source, target, lambda said: typer.echo(said, err=True)))
    except (SettingsFault, NotCopied) as fault:
        fail(*str(fault).splitlines())
    well = f"All {sum(counts.values()):,} rows are there, the log of {counts['entries']:,} entries is whole."
    print_answer({"rows": counts} if as_json else [well, *left_to_do(source, target)])


@app.command()
def insights(
    env_file: Annotated[Path, typer.Option(help="Settings.")] = Path(".env"),
    *,
    since: Annotated[str, typer.Option(metavar="TIME", help="From which day on: 2026-11-01, or 30d ago.")] = "30d",
    agent: Annotated[str | None, typer.Option(metavar="NAME", help="Of this agent alone.")] = None,
    role: Annotated[str | None, typer.Option(metavar="NAME", help="Of this role alone.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show what became of what people were asked and how they decided it: whether they read, what is asked in vain."""
    from bot.cli.insights import Unread, insight_lines, insight_since  # noqa: PLC0415 imports take a second
    from bot.insights import insight_object  # noqa: PLC0415
    from bot.settings import SettingsFault, read_store_settings  # noqa: PLC0415

    try:
        found = asyncio.run(insight_since(read_store_settings(env_file), since, agent, role))
    except (SettingsFault, Unread) as fault:
        fail(*str(fault).splitlines())
    except ValueError as wrong:
        fail(f"--since: {wrong}.")
    print_answer(insight_object(*found) if as_json else insight_lines(*found))


@app.command()
def budgets(
    env_file: Annotated[Path, typer.Option(help="Settings.")] = Path(".env"), *, as_json: AsJson = False
) -> None:
    """Show what counts in each budget of the policy now, and what is left of it."""
    from bot.cli import budgets as command  # noqa: PLC0415 imports take a second; help must not
    from bot.settings import SettingsFault, read_local_settings  # noqa: PLC0415

    try:
        found = asyncio.run(command.standings(read_local_settings(env_file)))
    except (SettingsFault, command.Unread) as fault:
        fail(*str(fault).splitlines())
    print_answer(command.as_json(found) if as_json else command.budget_lines(found))


@callbacks_app.command("list")
def callbacks_list(
    env_file: Annotated[Path, typer.Option(help="Settings.")] = Path(".env"),
    *,
    everything: Annotated[bool, typer.Option("--all", help="What was told too, newest first.")] = False,
    as_json: AsJson = False,
) -> None:
    """List callbacks that were given up or stopped, and those that wait; 1 where any was given up."""
    from bot.cli import callbacks  # noqa: PLC0415

    kept = _of_callbacks(lambda settings: callbacks.undelivered(settings, everything=everything), env_file)
    if as_json:
        typer.echo(json.dumps([callbacks.as_json(each) for each in kept], indent=2))
    else:
        typer.echo("\n".join(callbacks.callback_line(each) for each in kept) or "Every callback was taken.")
    raise typer.Exit(FINDING if any(each.state == "dead_letter" for each in kept) else 0)


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
        fail("Name one callback by its id, or all that were given up with --all.")
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


def _own(policy: Path | None) -> "Own | None":
    """A policy of one's own, with all that a demo needs for it."""
    if policy is None:
        return None
    from bot.cli.policies.trial import trial_of  # noqa: PLC0415
    from demo.run import Own  # noqa: PLC0415
    from policy import PolicyFaults  # noqa: PLC0415

    try:
        trial = trial_of(policy)
    except PolicyFaults as faults:
        fail(*(str(fault) for fault in faults.faults))
    for name in trial.untold:
        typer.echo(f"{name} is known by the digest of its token alone, so nobody can propose as {name} here.", err=True)
    return Own(
        policy=trial.policy,
        workspace=trial.workspace,
        environ=trial.environ,
        tokens=trial.tokens,
        examples=trial.examples,
    )


def _clients(context: typer.Context) -> None:
    raise typer.Exit(run([context.info_name or "", *context.args]))


for _name, (_, _summary) in COMMANDS.items():  # those of the client, which reads their arguments itself
    _unread = {"allow_extra_args": True, "ignore_unknown_options": True}
    app.command(_name, help=_summary, add_help_option=False, context_settings=_unread)(_clients)


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
        fail(*str(fault).splitlines())
