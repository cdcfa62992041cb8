"""The processes of the demo: which code they run, and that none outlives the one that started them."""

import asyncio
import re
from contextlib import suppress
from signal import SIGHUP, SIGKILL, SIGTERM

import pytest

from tests.demo.playing import running_demo
from tests.patience import PATIENCE


async def test_ctrl_c_ends_it_without_a_word_that_would_frighten():
    async with running_demo() as demo:
        await demo.saying("asked: ")
    assert demo.process.returncode == 0
    assert "Traceback" not in "".join(demo.said)
    assert "holds secrets" not in "".join(demo.said), "nor does it warn of a file of its own"
    assert "stopping" in "".join(demo.said)


async def gone(url):
    """Returns once nobody listens there any more."""
    host, port = re.fullmatch(r"http://([\d.]+):(\d+)/?.*", url).groups()
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                reader, writer = await asyncio.open_connection(host, int(port))
            except OSError:
                return
            with suppress(ConnectionError):  # a process that is killed resets it
                await reader.read()  # to the end of the connection, which that of its process is at the latest
            writer.close()


async def addresses(demo):
    """Of the local Slack and of the bot."""
    slack = await demo.saying(r"Open\s+(http://[\d.:]+)")
    bot = await demo.saying(r"ready.*url=\S*?(http://[\d.]+:\d+)")
    return slack[1], bot[1]


@pytest.mark.parametrize("number", [SIGKILL, SIGTERM, SIGHUP], ids=lambda number: number.name)
async def test_nothing_of_it_is_left_whatever_ends_it(number):
    async with running_demo() as demo:
        found = await addresses(demo)
        demo.process.send_signal(number)
        await demo.process.wait()
        await asyncio.gather(*map(gone, found))
    assert "Traceback" not in "".join(demo.said)


async def test_nothing_of_it_is_left_when_nobody_reads_it_any_more():
    async with running_demo() as demo:
        found = await addresses(demo)
        demo.process._transport.get_pipe_transport(1).close()  # as `| grep -m1 Open` does
        await asyncio.gather(*map(gone, found))
        await demo.process.wait()
    assert demo.process.returncode == 0


async def test_what_stands_in_the_folder_it_is_started_in_is_not_run(tmp_path):
    for name in ("bot", "sandbox", "demo", "aiohttp", "secrets"):
        (tmp_path / f"{name}.py").write_text(
            f"open({str(tmp_path / 'ran')!r}, 'a').write({name!r})\n", encoding="utf-8"
        )
    (tmp_path / "policy").mkdir()
    (tmp_path / "policy" / "__init__.py").write_text(
        (tmp_path / "bot.py").read_text(encoding="utf-8"), encoding="utf-8"
    )
    async with running_demo(tmp_path) as demo:
        await demo.saying("asked: ")
    assert not (tmp_path / "ran").exists()
