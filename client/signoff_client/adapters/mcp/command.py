"""MCP command, `signoff mcp`: the server on standard input and output."""

import asyncio
import os
import sys
import uuid
from typing import TYPE_CHECKING, Final

from signoff_client.adapters.mcp.server import approvals
from signoff_client.client import AsyncSignoff
from signoff_client.commands.gate_options import gate_options, parser
from signoff_client.errors import NotConfigured
from signoff_client.gating import AsyncGate

if TYPE_CHECKING:
    from collections.abc import Sequence

RUN: Final = "SIGNOFF_RUN_ID"
SESSION: Final = "CLAUDE_CODE_SESSION_ID"
"""What Claude Code tells its servers; its hooks are told the same."""
WAIT: Final = 300.0
"""Seconds for which `permission_prompt` waits for people."""


def main(arguments: "Sequence[str]") -> int:
    """Serves until standard input ends; 2 if it cannot begin."""
    made = parser("mcp", "An MCP server on standard input and output.", wait=WAIT)
    made.add_argument("--run-id", help=f"What this run is called; by default {RUN}, {SESSION}, or a name of its own.")
    options, known = gate_options(made, arguments)
    run_id = known.run_id or os.environ.get(RUN) or os.environ.get(SESSION) or f"mcp-{uuid.uuid4().hex}"
    try:
        client = AsyncSignoff(options.url, timeout=options.timeout, patience=options.patience)
    except NotConfigured as fault:
        sys.stderr.write(f"{fault.message}\n")
        return 2
    gate = AsyncGate(client, actions=options.actions, free=options.free, wait=options.wait, keep=True)

    async def serve() -> None:
        async with client:
            await approvals(gate, run_id=run_id).run_stdio_async()

    asyncio.run(serve())
    return 0
