"""Adapters, one module a framework. Each imports its framework, and nothing else imports an adapter."""
