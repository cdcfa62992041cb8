"""Telemetry: the audit log as OpenTelemetry's log records, and the life of each proposal as spans. An extra."""
