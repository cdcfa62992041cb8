"""What the edit form and its difference say."""
# ruff: noqa: D103 - a sentence says itself what it is

APPROVE_WITH_CHANGES = "Approve with changes"
FILLED_IN_AGAIN = "What you typed before is filled in again."
SOMEBODY_ELSE_CHANGED_THIS_TOO = "Somebody else changed this too, and what you typed would replace it: "
TYPE_IT_AGAIN = "What you typed here does not fit any more; type it again: "
AND_WHOLE_IN_DETAILS = "Also locked, and whole in Details: "
NOTHING_WAS_CHANGED = "Nothing was changed."
APPROVES_AS_IT_STANDS = " Submitting approves the proposal as it stands."
AFTER_THIS_EDIT_IT_NEEDS = "After this edit it needs "
THE_APPROVAL_NO_LONGER_COUNTS = "The approval given so far no longer counts"
WHICH_IS_WHAT_IT_NEEDS_NOW = ", which is what it needs now: "
YOU_MAY_EDIT_THIS = "You may edit this, but your approval does not count"
IN_THE_PLACE_THAT_WAS_LENT = ", in the place that was lent to you"
YOUR_APPROVAL_COUNTS_FOR = "Your approval counts for "
WITH_IT_THE_PROPOSAL_IS_APPROVED = "With it the proposal is approved, and the agent may run it."
SOMEBODY_ELSE_WHO_DID_NOT_CHANGE = "somebody else who did not change it"
THEN_IT_WAITS_FOR = "Then it waits for "
AT_LEAST_ONE = ", at least one by somebody who did not change it"


def the_approvals_no_longer_count(void: int) -> str:
    return f"The {void} approvals no longer count"


def it_was_for_the_payload_before(gone: str) -> str:
    return f"{gone}: it was for the payload before this edit."
