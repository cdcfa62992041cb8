"""The demo as a process, and what it says."""

import asyncio
import re
import sys
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from signal import SIGINT

from tests.patience import PATIENCE

SIGNOFF = Path(sys.executable).parent / "signoff"
"""The command, as it is installed."""


class Demo:
    """The running demo and all it has said."""

    def __init__(self, process) -> None:
        self.process = process
        self.said: list[str] = []
        self.news = asyncio.Condition()

    async def listen(self) -> None:
        async for line in self.process.stdout:
            async with self.news:
                self.said.append(line.decode())
                self.news.notify_all()

    async def saying(self, pattern: str) -> re.Match:
        """The first match in what it said, once it is there. Three processes begin, so it may take thrice as long."""

        def found():
            return re.search(pattern, "".join(self.said))

        async with asyncio.timeout(3 * PATIENCE), self.news:
            await self.news.wait_for(found)
        return found()


@asynccontextmanager
async def running_demo(folder=None, *, command="demo", policy=None):
    """The demo, started in that folder, if wanted with a policy of its own; ended as Ctrl-C does."""
    words = () if policy is None else ("--policy", policy)
    process = await asyncio.create_subprocess_exec(
        SIGNOFF, command, "--port", "0", *words, cwd=folder, stdout=-1, stderr=asyncio.subprocess.STDOUT
    )
    demo = Demo(process)
    listening = asyncio.create_task(demo.listen())
    try:
        yield demo
    finally:
        with suppress(ProcessLookupError):
            process.send_signal(SIGINT)
        await process.wait()
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
