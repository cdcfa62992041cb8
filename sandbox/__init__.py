"""A Slack workspace on this machine: for the demo, the tests and the browser."""

from sandbox.deliver import Delivery
from sandbox.driver import Sandbox
from sandbox.workspace import Call

__all__ = ["Call", "Delivery", "Sandbox"]
