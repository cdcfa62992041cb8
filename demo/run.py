"""Starts the three processes of the demo, shows what they say, and stops them together.

They end with this one even where it is killed (demo/tethered.py), and run our modules alone: the folder it is started
in is not on their path, whatever stands there.
"""

import contextlib
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
PATIENCE = 60.0
"""Seconds to wait for a process to be ready."""
CHANNEL = "C0FINANCE"
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


def run_demo(port: int, *, once: bool) -> int:
    """Plays the demo until Ctrl-C, or until the agent is done with `once`; the exit code."""
    for ending in ENDINGS:
        signal.signal(ending, _interrupted)
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)  # whoever reads us went away: stop what we started, then end
    with tempfile.TemporaryDirectory(prefix="signoff-demo-") as folder:
        company = Company(Path(folder))
        try:
            agent = _play(company, _free(port))
            agent.wait()
            if not once:
                _say("Ctrl-C stops the demo; run it again for a fresh morning.")
                while all(process.poll() is None for process in company.started if process is not agent):
                    time.sleep(0.5)
        except KeyboardInterrupt:
            _say("stopping")
            return 0
        except NotReady as fault:
            sys.stderr.write(f"{fault}\n")
            return 1
        else:
            return agent.returncode
        finally:
            company.stop()


def _interrupted(_number: int, _frame: object) -> None:
    """The first one ends the demo; from then on it is ending, and nothing hurries it."""
    for ending in ENDINGS:
        signal.signal(ending, signal.SIG_IGN)
    raise KeyboardInterrupt


def _play(company: Company, port: int) -> subprocess.Popen[str]:
    folder = company.folder
    slack, bot = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{_free(0)}"
    token = secrets.token_urlsafe(32)
    sandbox = company.start("slack", "sandbox", "--port", str(port), "--workspace", str(HERE / "workspace.json"))
    _until(sandbox, f"{slack}/", "the local Slack")
    settings = folder / "demo.env"
    settings.touch()  # empty: a .env that stands here belongs to another bot
    served = company.start(
        "bot",
        "bot",
        "serve",
        "--env-file",
        str(settings),
        SLACK_API_URL=f"{slack}/api/",
        SLACK_BOT_TOKEN="xoxb-demo-signoff",  # noqa: S106 of the local Slack
        SLACK_APP_TOKEN="xapp-demo-signoff",  # noqa: S106
        SIGNOFF_POLICY=str(HERE / "policy.yml"),
        SIGNOFF_DATABASE_URL=f"sqlite:///{folder / 'demo.db'}",
        SIGNOFF_PORT=bot.rsplit(":", 1)[1],
        SIGNOFF_URL=bot,
        SIGNOFF_LOG="pretty",
        DEMO_AGENT_TOKEN=token,
    )
    _until(served, f"{bot}/readyz", "the bot")
    agent = company.start("agent", "demo.agent", SIGNOFF_URL=bot, SIGNOFF_TOKEN=token)
    _say("")
    _say(f"  Open  {slack}/#as=U0CAROL&at={CHANNEL}  and decide.")
    _say("  Choose at the top who you are: Carol (finance), Alice (support), Eve (security), Owen (owner) …")
    _say("")
    return agent


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
