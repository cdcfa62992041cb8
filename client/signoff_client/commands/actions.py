"""Actions command, `signoff actions`: the action of each tool, by the options of the hook and the MCP server."""

import json
import sys
from typing import TYPE_CHECKING

from signoff_client.commands.gate_options import gate_options, parser
from signoff_client.errors import NotConfigured
from signoff_client.gating.rules import Rules

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: "Sequence[str]") -> int:
    """Prints a JSON object, tool → action, without the free ones; 2 where two tools come to one by accident."""
    options = parser("actions", "Which action each tool asks for: what the policy has to name.", wait=0.0)
    options.add_argument("tools", nargs="+", metavar="TOOL", help="As its framework names it: mcp__till__pay.")
    gate, known = gate_options(options, arguments)
    try:
        rules = Rules(actions=gate.actions, free=gate.free, wait=gate.wait, fields=None, keep=False)
        found = rules.actions(known.tools)
    except NotConfigured as fault:
        sys.stderr.write(f"{fault.message}\n")
        return 2
    sys.stdout.write(json.dumps(found, indent=1) + "\n")
    return 0
