"""Whether this checkout can be released as the version it names: `make release-check` asks before it runs everything."""

import hashlib
import re
import subprocess
import sys
import tomllib
from dataclasses import dataclass

from tests.house.tree import ROOT

HEADING = re.compile(r"^## (.+)$", re.MULTILINE)
MIGRATIONS = ROOT / "storage" / "migrations"
RELEASED = ROOT / "tests" / "house" / "released_migrations.txt"
"""The digest of each migration that was released: stores out there have applied it, so it stays as it is."""
DATED = re.compile(r"(\d+\.\d+\.\d+), (\d{4}-\d{2}-\d{2})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkout:
    """What is to be released."""

    bot: dict
    client: dict
    changelog: str
    changed: str
    """What git says of files that are not committed."""
    tagged: str
    """The commit that the version's tag is at; empty without one."""
    head: str
    migrations: dict
    """The digest of each file."""
    released: dict
    """The same of those that a release had."""

    @property
    def version(self):
        return self.bot["project"]["version"]


def of_git(*words):
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip()


def here():
    bot = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return Checkout(
        bot=bot,
        client=tomllib.loads((ROOT / "client" / "pyproject.toml").read_text(encoding="utf-8")),
        changelog=(ROOT / "CHANGELOG.md").read_text(encoding="utf-8"),
        changed=of_git("status", "--porcelain"),
        tagged=of_git("rev-parse", "--verify", "--quiet", f"v{bot['project']['version']}^{{commit}}"),
        head=of_git("rev-parse", "HEAD"),
        migrations=migrations(),
        released=released_migrations(),
    )


def migrations():
    """By its path in the folder of migrations, the digest of each."""
    found = sorted(MIGRATIONS.rglob("*.sql"))
    return {each.relative_to(MIGRATIONS).as_posix(): hashlib.sha256(each.read_bytes()).hexdigest() for each in found}


def released_migrations():
    """The same of those that a release had."""
    lines = RELEASED.read_text(encoding="utf-8").splitlines()
    return {path: digest for digest, path in (line.split() for line in lines)}


def release_migrations():
    """Notes the migrations of this checkout as released."""
    noted = (released_migrations() | migrations()).items()
    RELEASED.write_text("".join(f"{digest}  {path}\n" for path, digest in sorted(noted)), encoding="utf-8")


def altered(now, released):
    """A sentence for each released migration that is not what it was."""
    for path in sorted(path for path, digest in released.items() if now.get(path) != digest):
        yield f"storage/migrations/{path} was released: put it back as it was, and write what changes as the next number."


def faults(checkout):
    """What stands against it: a sentence each, with what to do."""
    version, client = checkout.version, checkout.client["project"]["version"]
    if client != version:
        yield f"The bot is {version} and the client {client}: they are released together, by one number."
    if f"signoff-client=={version}" not in checkout.bot["project"]["dependencies"]:
        yield f"pyproject.toml does not name signoff-client=={version}: both sides have to be of one version."
    newest = next(iter(HEADING.findall(checkout.changelog)), "")
    dated = DATED.fullmatch(newest)
    if dated is None or dated[1] != version:
        yield f"CHANGELOG.md begins with “{newest}”: name what is released, as “## {version}, 2026-01-31”."
    if checkout.changed:
        yield f"Not everything is committed:\n{checkout.changed}"
    if checkout.tagged not in ("", checkout.head):
        yield f"v{version} is tagged at another commit: what was released stays; take the next number."
    yield from altered(checkout.migrations, checkout.released)
    if new := sorted(checkout.migrations.keys() - checkout.released.keys()):
        yield f"Once nothing changes in {', '.join(new)} any more: python -m tests.house.release --migrations, and commit."


def main():
    if sys.argv[1:] == ["--migrations"]:
        release_migrations()
        return
    found = list(faults(here()))
    for fault in found:
        sys.stdout.write(f"{fault}\n")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
