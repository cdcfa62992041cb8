"""The image and the installation on a machine, tried without a container engine: `make test-image`, as root on Linux.

The commands of docs/operating.md install the bot in a bare root; then the image is built.

A root, of which each stage has one, is a folder that shows this machine's system read-only below and keeps for itself what is written; its steps
run there with the environment that the file gives them, and nothing of the checkout or of whoever builds is in sight.
Then the bot runs from the last one as the file says, on a root that nobody can write to, beside a Slack of this machine.

Prints what holds, and ends with 1 where anything does not.
"""

import asyncio
import json
import os
import re
import secrets
import shlex
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path

import aiohttp

from sandbox import Sandbox
from tests.deploy.containerfile import read
from tests.house.tree import ROOT, tracked

FILE = ROOT / "deploy" / "Containerfile"
PYTHON = Path(sys._base_executable).resolve()
"""Stands in for the one of the base image."""
REACHING = {
    name: value for name, value in os.environ.items() if name.upper().endswith("_PROXY") or name[:4] in {"PIP_", "SSL_"}
}
"""What whoever builds needs to reach a registry from here, and a step is given."""
BASE = "docker.io/library/python"
SYSTEM_PATH = f"{PYTHON.parent}:/usr/local/bin:/usr/local/sbin:/usr/bin:/usr/sbin:/bin:/sbin"
TOKEN = secrets.token_urlsafe(32)
POLICY = """\
version: 1
roles: {support: {channel: C0SUPPORT, members: [U0ALICE]}}
agents: {shop: {token_env: SHOP_TOKEN, actions: ["*"]}}
defaults: {role: support}
rules: [{id: looks, action: "search.*", tier: auto}]
"""


def main():
    if sys.platform != "linux" or os.geteuid() != 0 or shutil.which("unshare") is None:
        sys.exit("This mounts and changes its root: run it as root on Linux, with util-linux.")
    os.environ["PATH"] += ":/usr/sbin:/sbin"  # chroot is there, and not every root looks there
    if "--apart" not in sys.argv:  # mounts of our own, which are gone with us
        words = ["--mount", "--propagation", "private", sys.executable, "-m", __spec__.name, "--apart", *sys.argv[1:]]
        os.execvp("unshare", ["unshare", *words])
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="image-", dir="/var/tmp")))
        mount("tmpfs", folder, "-t", "tmpfs")
        stack.callback(unmount, folder)
        if "--able" in sys.argv:
            require_able(folder)
            return
        held = installed(folder)
        root, image = built(folder)
        held |= asyncio.run(run(folder, root, image))
    for what, holds in held.items():
        print(f"{'holds' if holds else 'FAILS'}  {what}")
    sys.exit(0 if all(held.values()) else 1)


def mount(source, at, *options):
    subprocess.run(["mount", *options, str(source), str(at)], check=True)


def unmount(at):
    subprocess.run(["umount", "--recursive", "--lazy", str(at)], check=False)


PROBE = "python3 -m venv /tmp/v && /tmp/v/bin/pip download --no-deps --disable-pip-version-check -d /tmp/x editables"
"""What the first steps come down to: an environment, and one package from where this machine has them."""


def require_able(folder):
    """Ends with 1 and a sentence where this machine lets nobody do what is done here, as some that run pipelines."""
    try:
        run_in(bare_root(folder / "probe", f"{BASE}:3.11"), ["/bin/sh", "-ec", PROBE])
    except (OSError, subprocess.CalledProcessError) as error:
        sys.exit(f"The image is not tried: this machine has no bare root that reaches a registry ({error}).")


def installed(folder):
    """What holds once the page's own commands were run on a bare machine."""
    root = bare_root(folder / "machine", f"{BASE}:3.11")
    copy(root, {}, [".", "/src"])
    (block,) = re.findall(
        r"^```sh\n(.*?)^```$", (ROOT / "docs" / "operating.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    print(block, flush=True)
    run_in(root, ["/bin/sh", "-ec", f"cd /src\n{block}"])
    units = [
        f"/etc/systemd/system/{name}" for name in ("signoff.service", "signoff-backup.service", "signoff-backup.timer")
    ]
    unit = subprocess.run([*inside(root), "systemd-analyze", "verify", *units], check=False)
    help_of = subprocess.run([*inside(root), "/opt/signoff/bin/signoff", "--help"], capture_output=True, check=False)
    checked = [
        "sh",
        "-c",
        "/opt/signoff/bin/signoff policy check --no-secrets /etc/signoff/policy.yml",
    ]
    return {
        "operating.md: systemd takes the units beside what was installed": unit.returncode == 0,
        "operating.md: the command is there": help_of.returncode == 0,
        "operating.md: the policy that it begins with is sound": subprocess.run(
            [*inside(root), *checked], check=False
        ).returncode
        == 0,
    }


def built(folder):
    """The root of the last stage and what the file says of it."""
    roots = {}
    for name, stage in read(FILE).items():
        roots[name] = root = bare_root(folder / f"stage-{name or 'last'}", stage.base)
        for word, line in stage.steps:
            print(f"{name or 'last'}: {word} {line}", flush=True)
            if word == "RUN":
                run_in(root, ["/bin/sh", "-ec", line])
            else:
                copy(root, roots, line.split())
    return root, stage


def bare_root(folder, base):
    """The system of this machine, below what is written from now on; `base` is an image with Python, as this one has."""
    assert base.startswith(f"{BASE}:3."), "the stand-in for another base would not be one"
    for name in ("upper", "work", "root"):
        (folder / name).mkdir(parents=True)
    root = folder / "root"
    mount("overlay", root, "-t", "overlay", "-o", f"lowerdir=/,upperdir={folder / 'upper'},workdir={folder / 'work'}")
    mount("proc", root / "proc", "-t", "proc")
    mount("/dev", root / "dev", "--rbind")
    mount("tmpfs", root / "tmp", "-t", "tmpfs")
    mount("tmpfs", root / str(ROOT).lstrip("/"), "-t", "tmpfs")  # what is built may need nothing of the checkout
    named = root / str(PYTHON.with_name("python")).lstrip("/")
    if not named.exists():
        named.symlink_to(PYTHON)
    for above in PYTHON.parents:  # a Python of one's own may stand in a home that others may not enter
        inside_root = root / str(above).lstrip("/")
        inside_root.chmod(inside_root.stat().st_mode | 0o055)
    return root


def inside(root, user="0:0", environment=None, where="/"):
    """The words before a command that runs it in a root, as somebody, with this environment and no other."""
    uid, _, gid = user.partition(":")
    given = {"PATH": SYSTEM_PATH, "LANG": "C.UTF-8", **(environment or REACHING)}
    rights = [] if uid == "0" else ["--clear-groups", "--no-new-privs", "--bounding-set=-all", "--inh-caps=-all"]
    words = ["env", "-i", *(f"{name}={value}" for name, value in given.items())]
    shut = ["setpriv", f"--reuid={uid}", f"--regid={gid}", *(rights or ["--clear-groups"])]
    return ["chroot", str(root), *words, *shut, "env", f"--chdir={where}"]


def run_in(root, words):
    subprocess.run([*inside(root), *words], check=True)


def copy(root, roots, words):
    source = words[0].removeprefix("--from=") if words[0].startswith("--from=") else None
    wanted, target = words[-2:]
    destination = root / target.lstrip("/")
    if source is not None:
        shutil.copytree(roots[source] / wanted.lstrip("/"), destination, symlinks=True)
        return
    assert wanted == ".", "only all of the checkout is copied"
    for path in tracked():
        (destination / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / path, destination / path)


async def run(folder, root, image):
    """What holds of the bot that runs as the file says."""
    uid, gid = map(int, image.said["USER"].split(":"))
    state = Path(image.said["VOLUME"])
    given = (root / str(state).lstrip("/")).stat()
    configured(root / "etc/signoff", uid, gid)
    volume = folder / "volume"
    volume.mkdir()
    os.chown(volume, given.st_uid, given.st_gid)
    volume.chmod(given.st_mode)
    mount(volume, root / str(state).lstrip("/"), "--bind")
    mount("none", root, "-o", "remount,ro")
    held = {"nothing can be written outside of the volume and /tmp": not writes(root, image, "/opt/signoff/x")}
    held["its state can be written to"] = writes(root, image, f"{state}/x")
    async with Sandbox() as slack:
        slack.add_user("U0ALICE", "Alice")
        slack.add_channel("C0SUPPORT", "support", members=["U0ALICE"])
        (volume / "x").unlink()
        environment = {
            **image.environment,
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_APP_TOKEN": slack.app_token,
            "SLACK_API_URL": slack.api_url,
            "SHOP_TOKEN": TOKEN,
            "SIGNOFF_PORT": "0",
        }
        async with running(root, image, environment) as process:
            url = await ready(process)
            health = [word.replace("http://127.0.0.1:8080", url) for word in image.health]
            held["the health check says that it is well"] = succeeds(root, image, environment, health)
            astray = [word.replace(url, "http://127.0.0.1:1") for word in health]
            held["and not where nobody answers"] = not succeeds(root, image, environment, astray)
            async with aiohttp.ClientSession(url, headers={"Authorization": f"Bearer {TOKEN}"}) as agent:
                held["it takes what runs by itself"] = (await proposed(agent, "search.find"))["status"] == "approved"
                held["it asks a person in Slack"] = (await proposed(agent, "mail.send"))["status"] == "pending"
            await slack.until(lambda: slack.messages("C0SUPPORT"))
            backup = ["signoff", "backup", f"{state}/backups", "--keep", "14"]
            held["it is backed up beside itself, as the page says"] = succeeds(root, image, environment, backup)
            process.terminate()
            held["it stops when it is told to"] = await process.wait() == 0
    kept = {path.name for path in volume.iterdir()}
    held[f"its database and its key are in the volume: {sorted(kept)}"] = {"signoff.db", "signoff.db.key"} <= kept
    held["nobody else may read them"] = not [path for path in volume.iterdir() if path.stat().st_mode & 0o077]
    return held


def configured(at, uid, gid):
    (at / "policy.yml").write_text(POLICY, encoding="utf-8")
    (at / ".env").write_text("", encoding="utf-8")
    for path in at.iterdir():
        os.chown(path, 0, gid)
        path.chmod(0o640)


def writes(root, image, path):
    return succeeds(root, image, image.environment, ["touch", path])


def succeeds(root, image, environment, words):
    where = inside(root, image.said["USER"], environment, image.said["WORKDIR"])
    return subprocess.run([*where, *words], capture_output=True, check=False).returncode == 0


@asynccontextmanager
async def running(root, image, environment):
    where = inside(root, image.said["USER"], environment, image.said["WORKDIR"])
    words = [*where, *image.lists["ENTRYPOINT"], *image.lists["CMD"]]
    print(shlex.join(image.lists["ENTRYPOINT"] + image.lists["CMD"]), flush=True)
    process = await asyncio.create_subprocess_exec(*words, stderr=asyncio.subprocess.PIPE)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def ready(process):
    """Where the bot is, once it says so. RuntimeError with all that it said where it does not."""
    said = []
    while line := await process.stderr.readline():
        said.append(line.decode())
        if line.startswith(b"{") and (entry := json.loads(line)).get("event") == "ready":
            return entry["url"].replace("0.0.0.0", "127.0.0.1")
    raise RuntimeError("".join(said))


async def proposed(agent, action):
    body = {"action": action, "payload": {"to": "a@example.com"}, "reasoning": "tried"}
    async with agent.post("/v1/proposals", json=body) as response:
        assert response.status == 201, await response.text()
        return await response.json()


if __name__ == "__main__":
    main()
