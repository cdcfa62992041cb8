"""MCP server, `signoff mcp` or your own: a model asks people through it, and Claude Code asks for permission."""

from signoff_client.adapters.mcp.server import ApprovalStatus, approvals

__all__ = ["ApprovalStatus", "approvals"]
