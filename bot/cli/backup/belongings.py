"""Belongings of a store that was put back: key, policy and checkpoints, each where it belongs if nothing is there.

What is there already stays as it is, and a person is told of it.
"""

import shutil
from typing import TYPE_CHECKING

from bot.checkpoints import checkpoints_file, read_checkpoints
from bot.cli.backup.archive import CHECKPOINTS, KEYS, POLICY

if TYPE_CHECKING:
    from pathlib import Path

    from bot.cli.backup.archive import Archive
    from bot.settings import LocalSettings
    from bot.signing import Signer

AFTERWARDS = (
    "Run signoff audit verify --checkpoints FILE, with checkpoints kept elsewhere: it says how much is missing.",
    "Erase again what was erased since; look who was stopped, delegated their place or lost a second factor since.",
    "Start the bot, and ask whoever runs the agents what they took since.",
    "Let them go on one after the other, signoff resume agent NAME, and at last signoff resume everything.",
)
"""What nobody but a person can do."""


def key_left(target: "Path | None", source: "Path", *, in_backup: bool) -> list[str]:
    """What is to be done about the key."""
    if not in_backup:
        return []
    if target is None:
        return [f"Set SIGNOFF_SIGNING_KEY, on every machine, to what stands in {source / KEYS}."]
    return [f"{target.name}.key beside it is the key of the backup. Keep another copy, somewhere else."]


def policy_put(policy: "Path", archive: "Archive") -> list[str]:
    """Puts the policy and its schemas where the settings look for them; what a person is told of it."""
    said, put = [], 0
    within = archive.folder / POLICY
    for kept in sorted(each for each in within.rglob("*") if each.is_file()):
        name = kept.relative_to(within)
        there = policy if str(name) == archive.manifest["policy"] else policy.parent / name
        try:
            if not there.exists():
                there.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(kept, there)
                put += 1
            elif there.read_bytes() != kept.read_bytes():
                said.append(f"{there} is another than it was; that of the backup is {kept}. Look which is meant.")
        except OSError as error:
            said.append(f"{there} cannot be used: {error.strerror or error}. What was there is in {kept}.")
    if put:
        said.append(f"{policy} was put back. It may be older than what people agreed on since: look at it.")
    return said


def checkpoints_put(settings: "LocalSettings", target: "Path | None", archive: "Archive", *, lost: bool) -> list[str]:
    """The same of the checkpoints."""
    path = checkpoints_file(settings.signoff_checkpoints, target)
    if path is None:
        return []
    if not path.exists():
        try:
            shutil.copyfile(archive.folder / CHECKPOINTS, path)
            path.chmod(0o600)
        except OSError as error:
            return [f"{path} cannot be used: {error.strerror or error}. Those of before are in {archive.folder}."]
        return []
    if not lost:
        return []
    said = (
        f"Keep {path} as the proof of what is missing, and let SIGNOFF_CHECKPOINTS name a new file: from here on it is "
        "another log than the one it tells of."
    )
    return [said]


def lost(settings: "LocalSettings", target: "Path | None", archive: "Archive", signer: "Signer") -> str | None:
    """What the checkpoints that are kept here prove to be missing in the backup. Raises OSError."""
    path = checkpoints_file(settings.signoff_checkpoints, target)
    if path is None or not path.exists():
        return None
    found = read_checkpoints(path, signer.public_keys()).checkpoints
    if not found or found[-1].seq <= archive.entries:
        return None
    missing = found[-1].seq - archive.entries
    return (
        f"A checkpoint in {path} proves that {missing:,} {'entry' if missing == 1 else 'entries'} or more came "
        f"afterwards, until {found[-1].at}."
    )
