"""Demo runner: starts the three programs, shows what they print, and stops them together.

They end with this one even where it is killed (demo/tethered.py), and run our modules alone: the folder it is started
in is not on their path, whatever stands there.
"""

import contextlib
import json
import os
import secrets
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PATIENCE = 60.0
"""Seconds to wait for a process to be ready."""
CHANNEL = "C0FINANCE"
BOT_TOKEN, APP_TOKEN = "xoxb-demo-signoff", "xapp-demo-signoff"
"""Of the local Slack, as its workspace file has them."""
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""SIGHUP too: a terminal that is closed tells nobody but us."""


class NotReady(Exception):
    """A process did not come up."""


@dataclass(slots=True)
class Company:
    """The processes we started; only these are ever stopped."""

    folder: Path
    """Empty, and nobody else's: where they run."""
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    def start(self, name: str, module: str, *arguments: str, **environ: str) -> subprocess.Popen[str]:
        """Starts `python -m module`, its output shown line by line behind its name."""
        process = subprocess.Popen(  # noqa: S603 our own modules, our own arguments
            [sys.executable, "-P", "-m", "demo.tethered", module, *arguments],
            cwd=self.folder,  # a relative entry of PYTHONPATH leads nowhere there
            env={**_clean_environment(), "PYTHONSAFEPATH": "1", **environ},
            stdin=subprocess.PIPE,  # the tether
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            process_group=0,  # Ctrl-C is for us alone, and we end them one after the other
        )
        threading.Thread(target=_relay, args=(name, process), daemon=True).start()
        self.started.append(process)
        return process

    def stop(self) -> None:
        """Asks each to end, the last one first, and insists after ten seconds."""
        for process in reversed(self.started):
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                try:
                    process.wait(10)
                except subprocess.TimeoutExpired:
                    process.kill()


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """A policy of one's own, and what it needs to be played with."""

    policy: Path
    workspace: dict[str, Any]
    """As a workspace file has it."""
    environ: dict[str, str]
    """The variables that the policy names."""
    tokens: dict[str, str]
    """The token of each agent."""
    examples: dict[str, str]
    """What each can propose, as arguments of `signoff ask`."""


def run_demo(port: int, *, once: bool, own: Own | None = None) -> int:
    """Plays the demo until Ctrl-C, or until the agent is done with `once`; the exit code.

    With a policy of one's own nothing is proposed by itself: it says how to.
    """

    def played(company: Company) -> int:
        slack, bot = f"http://127.0.0.1:{_free(port)}", f"http://127.0.0.1:{_free(0)}"
        if own is not None:
            return _try_out(company, slack, bot, own)
        agent = _play(company, slack, bot)
        agent.wait()
        if not once:
            _say("Ctrl-C stops the demo; run it again for a fresh morning.")
            _until_one_ends([process for process in company.started if process is not agent])
        return agent.returncode

    return _run_company(played)


def run_sandbox(port: int, own: Own | None = None) -> int:
    """The local Slack alone until Ctrl-C, for a bot that somebody starts beside it; the exit code."""

    def served(company: Company) -> int:
        slack = f"http://127.0.0.1:{_free(port)}"
        workspace = HERE / "workspace.json" if own is None else _workspace(company, own)
        _until(_sandbox(company, slack, workspace), f"{slack}/", "the local Slack")
        _say("")
        _say(f"  Open  {slack}/  and choose at the top who you are. The bot, in another terminal:")
        tokens = f"SLACK_BOT_TOKEN={BOT_TOKEN} SLACK_APP_TOKEN={APP_TOKEN}"
        _say(f"    SLACK_API_URL={slack}/api/ {tokens} {_signoff()} serve")
        _say("  Ctrl-C stops; nothing is kept.")
        _say("")
        _until_one_ends(company.started)
        return 1

    return _run_company(served)


def _run_company(play: Callable[[Company], int]) -> int:
    """Plays until it ends or is interrupted, and stops what was started; the exit code."""
    for ending in ENDINGS:
        signal.signal(ending, _interrupted)
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)  # whoever reads us went away: stop what we started, then end
    with tempfile.TemporaryDirectory(prefix="signoff-demo-") as folder:
        company = Company(Path(folder))
        try:
            return play(company)
        except KeyboardInterrupt:
            _say("stopping")
            return 0
        except NotReady as fault:
            sys.stderr.write(f"{fault}\n")
            return 1
        finally:
            company.stop()


def _interrupted(_number: int, _frame: object) -> None:
    """The first one ends the demo; from then on it is ending, and nothing hurries it."""
    for ending in ENDINGS:
        signal.signal(ending, signal.SIG_IGN)
    raise KeyboardInterrupt


def _play(company: Company, slack: str, bot: str) -> subprocess.Popen[str]:
    token = secrets.token_urlsafe(32)
    _serve(company, slack, bot, HERE / "workspace.json", HERE / "policy.yml", {"DEMO_AGENT_TOKEN": token})
    agent = company.start("agent", "demo.agent", SIGNOFF_URL=bot, SIGNOFF_TOKEN=token)
    _say("")
    _say(f"  Open  {slack}/#as=U0CAROL&at={CHANNEL}  and decide.")
    _say("  Choose at the top who you are: Carol (finance), Alice (support), Eve (security), Owen (owner) …")
    _say("  The refund of 249.90 waits for Carol alone, that of 1840.00 for somebody of support as well.")
    _say("")
    return agent


def _try_out(company: Company, slack: str, bot: str, own: Own) -> int:
    """A policy of one's own, until Ctrl-C: says where people decide, and how each agent proposes."""
    _serve(company, slack, bot, _workspace(company, own), own.policy, own.environ)
    _say("")
    _say(f"  Open  {slack}/  and choose at the top who you are.")
    for name, token in own.tokens.items():
        _say(f"  Propose as {name}, in another terminal:")
        _say(f"    export SIGNOFF_URL={bot} SIGNOFF_TOKEN={token}")
        _say(f'    {_signoff()} ask {own.examples[name]} --reasoning "Trying it" --wait')
        _say(f"    {_signoff()} report prp_… --status succeeded")
    _say("  A changed policy.yml is in force at once. Ctrl-C stops; nothing is kept.")
    _say("")
    _until_one_ends(company.started)
    return 1


def _workspace(company: Company, own: Own) -> Path:
    file = company.folder / "workspace.json"
    tokens = {"bot_token": BOT_TOKEN, "app_token": APP_TOKEN, "signing_secret": "demo-signing-secret"}
    file.write_text(json.dumps({**own.workspace, **tokens}), encoding="utf-8")
    return file


def _sandbox(company: Company, slack: str, workspace: Path) -> subprocess.Popen[str]:
    return company.start("slack", "sandbox", "--port", slack.rsplit(":", 1)[1], "--workspace", str(workspace))


def _signoff() -> str:
    """The command as it can be pasted into another terminal, where no environment need be active."""
    beside = Path(sys.executable).with_name("signoff")
    return shlex.quote(str(beside)) if sys.prefix != sys.base_prefix and beside.exists() else "signoff"


def _until_one_ends(processes: "list[subprocess.Popen[str]]") -> None:
    while all(process.poll() is None for process in processes):
        time.sleep(0.5)


def _serve(company: Company, slack: str, bot: str, workspace: Path, policy: Path, environ: dict[str, str]) -> None:
    """The local Slack and the bot, ready."""
    folder = company.folder
    _until(_sandbox(company, slack, workspace), f"{slack}/", "the local Slack")
    settings = folder / "demo.env"
    settings.touch(0o600)  # empty: a .env that stands here belongs to another bot
    served = company.start(
        "bot",
        "bot",
        "serve",
        "--env-file",
        str(settings),
        SLACK_API_URL=f"{slack}/api/",
        SLACK_BOT_TOKEN=BOT_TOKEN,
        SLACK_APP_TOKEN=APP_TOKEN,
        SIGNOFF_POLICY=str(policy),
        SIGNOFF_DATABASE_URL=f"sqlite:///{folder / 'demo.db'}",
        SIGNOFF_PORT=bot.rsplit(":", 1)[1],
        SIGNOFF_URL=bot,
        SIGNOFF_LOG="pretty",
        **environ,
    )
    _until(served, f"{bot}/readyz", "the bot")


def _until(process: subprocess.Popen[str], url: str, name: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise NotReady(f"{name} ended with {process.returncode}; its last lines are above.")
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 our own address
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise NotReady(f"{name} was not ready within {PATIENCE:.0f} seconds.")


def _free(port: int) -> int:
    """The port, if nobody has it, else one that nobody has."""
    for wanted in (port, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", wanted))
            except OSError:
                if wanted:
                    _say(f"Port {wanted} is taken, so another one is used.")
                continue
            return int(probe.getsockname()[1])
    raise NotReady("No port is free on 127.0.0.1.")


def _clean_environment() -> dict[str, str]:
    """Ours without settings of a real installation: the demo must never reach a real Slack."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "SIGNOFF_"))}


def _relay(name: str, process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        _say(f"{name:>6} │ {line.rstrip()}")


def _say(text: str) -> None:
    """One line, from whichever thread; where nobody reads any more the demo ends."""
    try:
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()
    except BrokenPipeError:
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # once; from now on there is no reader
        os.kill(os.getpid(), signal.SIGTERM)
