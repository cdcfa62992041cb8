"""Faults injected into the system calls of a running bot, by strace: a kill, or an error, at the n-th call of a kind.

The n-th is counted by each of its threads from the moment at which strace is attached; threads that begin later, as after
an error the one of a new connection does, are left alone.
"""

import asyncio
import re
import shutil
import signal
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.patience import PATIENCE

WRITES = "pwrite64"
SYNCS = ("fsync", "fdatasync")
SENDS = ("sendto", "sendmsg", "write", "writev")
COUNTED = ",".join((WRITES, *SYNCS, *SENDS))
INSTALL = "strace is needed to inject faults: apt-get install strace"


@dataclass(frozen=True)
class Fault:
    """What happens at which call: `pwrite64:signal=KILL:when=3`."""

    call: str
    effect: str
    when: int | str
    """The n-th alone; `1+` is each."""

    def __str__(self):
        return f"{self.call}:{self.effect}:when={self.when}"

    @property
    def kind(self):
        """As the table names it, without the number of the call."""
        return f"{'kill -9' if 'KILL' in self.effect else self.effect.removeprefix('error=')} at {self.call}"


@dataclass
class Tracing:
    """An attached strace, and what it wrote."""

    process: asyncio.subprocess.Process
    log: object

    async def end(self):
        """Lets go of the bot, if it is still there. What is read from then on is whole."""
        with suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGINT)
        async with asyncio.timeout(PATIENCE):
            await self.process.wait()

    def injected(self):
        """How many calls it broke."""
        said = self.log.read_text(encoding="utf-8", errors="replace")
        return said.count("(INJECTED)") + bool(re.search(r"\+\+\+ killed by SIGKILL \+\+\+", said))

    def calls(self):
        """How many calls of each kind the busiest thread made."""
        counts = {}
        for thread, call in re.findall(r"^(\d+) +(\w+)\(", self.log.read_text(errors="replace"), re.MULTILINE):
            counts[call, thread] = counts.get((call, thread), 0) + 1
        return {call: max(n for (each, _), n in counts.items() if each == call) for call, _ in counts}


def threads_of(pid):
    """Its threads, by their numbers."""
    return sorted(each.name for each in Path(f"/proc/{pid}/task").iterdir())


@asynccontextmanager
async def injecting(pid, folder, *faults, later=False):
    """While the block lasts, the faults happen in the process and its threads; `later`: in those too that begin then."""
    assert shutil.which("strace"), INSTALL
    log = folder / "strace.log"
    threads = [str(pid)] if later else threads_of(pid)
    words = ["strace", *(["-f"] if later else []), "-s", "0", "-e", f"trace={COUNTED}", "-o", str(log)]
    for thread in threads:
        words += ["-p", thread]
    for fault in faults:
        words += ["-e", f"inject={fault}"]
    process = await asyncio.create_subprocess_exec(*words, stderr=asyncio.subprocess.PIPE)
    said = b""
    async with asyncio.timeout(PATIENCE):
        while said.count(b" attached") < len(threads):
            line = await process.stderr.readline()
            said += line
            assert line, f"strace could not attach: {said.decode()}"
    draining = asyncio.create_task(process.stderr.read())
    tracing = Tracing(process, log)
    try:
        yield tracing
    finally:
        await tracing.end()
        await draining
