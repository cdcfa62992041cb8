"""Entry point, `python -m sandbox`: a workspace with its page, until it is stopped."""

import argparse
import asyncio
import contextlib
import os
import signal
import sys
from pathlib import Path

from sandbox.driver import Sandbox
from sandbox.workspace_file import WorkspaceFileError, fill, read

WRONG_USE = 2


def main(words: list[str] | None = None) -> int:
    """Run until SIGINT or SIGTERM; 0 then, 2 for a file or port that cannot be used."""
    asked = _parser().parse_args(words)
    try:
        content = read(asked.workspace) if asked.workspace else {}
        asyncio.run(_serve(asked, content))
    except WorkspaceFileError as wrong:
        sys.stderr.write(f"sandbox: {wrong}\n")
        return WRONG_USE
    except OSError as wrong:
        sys.stderr.write(f"sandbox: port {asked.port} cannot be used: {wrong.strerror}; give another --port\n")
        return WRONG_USE
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="A Slack workspace on this machine.")
    parser.add_argument("--port", type=int, default=8090, help="port on 127.0.0.1; 0 picks a free one")
    parser.add_argument("--workspace", type=Path, help="JSON file of people, channels, groups, tokens, commands")
    parser.add_argument("--deliver-to", help="send to this URL, signed; else through the app's sockets")
    parser.add_argument("--ready-fd", type=int, help="file descriptor to write the address to when ready")
    return parser


async def _serve(asked: argparse.Namespace, content: dict[str, object]) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    slack = Sandbox(port=asked.port)
    fill(slack, content)
    slack.deliver_to(asked.deliver_to)
    async with slack:
        sys.stdout.write(f"Slack sandbox ready: {slack.url} (Web API {slack.api_url})\n")
        sys.stdout.flush()
        if asked.ready_fd is not None:
            os.write(asked.ready_fd, f"{slack.url}\n".encode())
            with contextlib.suppress(OSError):
                os.close(asked.ready_fd)
        await stop.wait()


if __name__ == "__main__":
    sys.exit(main())
