"""The code blocks of a page in Markdown, run as a reader would: one shell after the other, in a copy of the folder."""

import asyncio
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
BEGINS = ". ../signoff.sh"
"""A block that begins so begins a shell of its own; the others go on in the one before."""

_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_MISSING = [name for name in ("bash", "curl", "jq") if shutil.which(name) is None]

needs_curl_and_jq = pytest.mark.skipif(
    bool(_MISSING), reason=f"needs {' and '.join(_MISSING)} (Debian: apt-get install {' '.join(_MISSING)})"
)


def blocks(page: Path, kind: str) -> list[str]:
    """The page's blocks of one kind, in order."""
    return [text for found, text in _BLOCK.findall(page.read_text(encoding="utf-8")) if found == kind]


def scripts(page: Path) -> list[str]:
    """The page's shells, each with all its blocks."""
    found: list[str] = []
    for text in blocks(page, "sh"):
        if text.startswith(BEGINS) or not found:
            found.append(text)
        else:
            found[-1] += text
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a shell ended."""

    code: int
    out: str
    err: str


@dataclass(slots=True)
class Folder:
    """A copy of an example's folder, with what its shells are told by the environment."""

    path: Path
    url: str = ""
    token: str = ""

    @classmethod
    def of(cls, name: str, to: Path, url: str = "", token: str = "") -> "Folder":
        shutil.copytree(EXAMPLES, to / "examples", dirs_exist_ok=True)
        return cls(to / "examples" / name, url, token)

    async def run(self, script: str, **more: str) -> Ended:
        """Runs the script to its end, in a shell of its own; `more` is in its environment too."""
        told = {"SIGNOFF_URL": self.url, "SIGNOFF_TOKEN": self.token, "SIGNOFF_RETRIES": "0", "LC_ALL": "C.UTF-8"}
        process = await asyncio.create_subprocess_exec(
            "bash", "-c", script, cwd=self.path, env={"PATH": os.environ["PATH"], **told, **more}, stdout=-1, stderr=-1
        )
        out, err = await process.communicate()
        return Ended(code=process.returncode, out=out.decode(), err=err.decode())

    def effects(self, name: str) -> list[str]:
        """What was done, a line each."""
        path = self.path / name
        return path.read_text(encoding="utf-8").splitlines() if path.exists() else []
