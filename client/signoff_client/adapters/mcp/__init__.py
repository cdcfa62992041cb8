"""An MCP server through which a model asks people, and Claude Code asks for permission: `signoff mcp`, or your own."""

from signoff_client.adapters.mcp.server import ApprovalStatus, approvals

__all__ = ["ApprovalStatus", "approvals"]
