"""Temporal: a workflow asks people, waits as long as it takes, and runs what they approved, once."""

from signoff_client.adapters.temporal.activities import SignoffActivities, SignoffPlugin
from signoff_client.adapters.temporal.approvals import Approvals, NotApproved
from signoff_client.adapters.temporal.bridge import deliver, forward
from signoff_client.adapters.temporal.messages import Approved

__all__ = ["Approvals", "Approved", "NotApproved", "SignoffActivities", "SignoffPlugin", "deliver", "forward"]
