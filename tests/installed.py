"""Looks at the bot from inside an environment that has the two wheels, what they need, and nothing else; run by
`make test-wheel` in a folder whose files are named like our packages.

Prints what holds, and ends with 1 if anything is not as promised.
"""

import json
import os
import secrets
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

ROOMS = ("approvals", "policy", "storage", "delivery", "fsck", "bot", "sandbox", "demo", "signoff_client")
SIGNOFF = Path(sys.executable).parent / "signoff"
CLEAN = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}


@contextmanager
def running(*command: str | Path, until: str, **environ: str) -> Iterator[list[str]]:
    """A process that has said `until`, and what it said so far; at the end it is told to stop, and ends with 0.

    Raises RuntimeError where it ends before, or with another code.
    """
    process = subprocess.Popen(
        command, env={**CLEAN, **environ}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    said: list[str] = []
    try:
        for line in process.stdout or ():
            said.append(line)
            if until in line:
                break
        else:
            raise RuntimeError(f"{command[1:]} ended with {process.wait()}:\n{''.join(said)}")
        yield said
        process.send_signal(signal.SIGTERM)
        said += process.stdout or ()
        if process.wait() != 0:
            raise RuntimeError(f"{command[1:]} ended with {process.returncode}:\n{''.join(said)}")
    finally:
        process.kill()


def checked() -> bool:
    """Whether `policy check` takes the example, and finds what is wrong with it when it is broken."""
    example = Path(str(find_spec("policy").origin)).with_name("example.yml")  # type: ignore[union-attr]
    secret = f"whsec_{'c2VjcmV0' * 4}"
    variables = {"SUPPORT_BOT_TOKEN": "s" * 32, "PLATFORM_BOT_TOKEN": "p" * 32, "AUDITOR_TOKEN": "a" * 32}
    variables["SUPPORT_BOT_CALLBACK"] = secret
    environ = {**CLEAN, **variables}
    sound = subprocess.run(
        [SIGNOFF, "policy", "check", example], env=environ, capture_output=True, text=True, check=False
    )
    broken = Path("broken.yml")
    broken.write_text(example.read_text(encoding="utf-8").replace("tier: block", "tier: blok", 1), encoding="utf-8")
    faulty = subprocess.run(
        [SIGNOFF, "policy", "check", broken], env=environ, capture_output=True, text=True, check=False
    )
    sys.stdout.write(sound.stdout + sound.stderr)
    return (sound.returncode, faulty.returncode) == (0, 1) and "blok" in faulty.stdout


def served() -> bool:
    """Whether `serve` comes up beside the local Slack, answers an agent, and stops."""
    token = secrets.token_urlsafe(32)
    policy = Path("served.yml")
    policy.write_text(
        "version: 1\n"
        "roles: {support: {channel: C0SUPPORT, members: [U0ALICE]}}\n"
        'agents: {shop: {token_env: SHOP_TOKEN, actions: ["*"]}}\n'
        "defaults: {role: support}\n"
        'rules: [{id: looks, action: "search.*", tier: auto}]\n',
        encoding="utf-8",
    )
    people = Path(str(find_spec("demo").origin)).with_name("workspace.json")  # type: ignore[union-attr]
    sandbox = (sys.executable, "-I", "-m", "sandbox", "--port", "0", "--workspace", people)
    with running(*sandbox, until="ready") as slack:
        settings = {
            "SLACK_API_URL": slack[-1].partition("(Web API ")[2].rstrip(")\n"),
            "SLACK_BOT_TOKEN": "xoxb-demo-signoff",
            "SLACK_APP_TOKEN": "xapp-demo-signoff",
            "SIGNOFF_POLICY": str(policy),
            "SIGNOFF_DATABASE_URL": "sqlite:///served.db",
            "SIGNOFF_PORT": "0",
            "SIGNOFF_LOG": "json",
            "SHOP_TOKEN": token,
        }
        with running(SIGNOFF, "serve", "--env-file", os.devnull, until='"event": "ready"', **settings) as said:
            url = json.loads(said[-1])["url"]
            body = json.dumps({"action": "search.web", "payload": {"q": "x"}, "reasoning": "asked"}).encode()
            headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
            asked = urllib.request.Request(f"{url}/v1/proposals", data=body, headers=headers)
            with urllib.request.urlopen(asked) as answer:
                return json.load(answer)["status"] == "approved"


def played() -> bool:
    """Whether the demo comes to the point where a person decides, and stops."""
    with running(SIGNOFF, "demo", "--port", "0", until="asked: "):
        return True


def begun() -> bool:
    """Whether `init` writes a policy that is sound, settings that name its token, and the app's manifest."""
    ids = ("--channel", "C0SHOP", "--reviewer", "U0ALICE", "--owner", "U0BOB")
    made = subprocess.run([SIGNOFF, "init", "begun", *ids], env=CLEAN, capture_output=True, text=True, check=False)
    sys.stdout.write(made.stderr)
    sound = subprocess.run([SIGNOFF, "policy", "check"], env=CLEAN, cwd="begun", capture_output=True, check=False)
    return (made.returncode, sound.returncode) == (0, 0) and "slash_commands" in Path("begun/manifest.yml").read_text()


def ours() -> bool:
    """Whether every room was installed, none of it taken from the folder that this runs in."""
    found = [find_spec(room) for room in ROOMS]
    return all(each is not None and str(each.origin).startswith(sys.prefix) for each in found)


def main() -> None:
    """Prints, and raises SystemExit for what is not as promised."""
    checks = {
        "every room comes from the environment": ours,
        "a policy is checked": checked,
        "a newcomer's files are written": begun,
        "the bot serves": served,
        "the demo plays": played,
    }
    with TemporaryDirectory() as folder:
        os.chdir(folder)
        for name in (*ROOMS, "secrets", "aiohttp"):
            Path(f"{name}.py").write_text("raise SystemExit('code of a folder that nobody trusts')\n", encoding="utf-8")
        failed = False
        for promise, holds in checks.items():
            well = holds()
            failed = failed or not well
            sys.stdout.write(f"{'ok  ' if well else 'FAIL'} {promise}\n")
            sys.stdout.flush()
    if failed:
        sys.exit(1)


if __name__ == "__main__":
    main()
