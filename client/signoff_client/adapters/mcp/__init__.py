"""An MCP server through which a model asks people, and Claude Code asks for permission: `signoff mcp`, or your own."""

from signoff_client.adapters.mcp.server import Standing, approvals

__all__ = ["Standing", "approvals"]
