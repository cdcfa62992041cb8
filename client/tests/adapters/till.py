"""An MCP server with the tool `refund`, which writes into the file that its argument names."""

import sys
from pathlib import Path

from mcp.server import MCPServer

server = MCPServer("till")


@server.tool()
def refund(amount: float) -> str:
    """Refunds an amount."""
    with Path(sys.argv[1]).open("a", encoding="utf-8") as effects:
        effects.write(f"{amount:g}\n")
    return f"Refunded {amount:g}."


if __name__ == "__main__":
    server.run()
