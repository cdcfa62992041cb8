"""What the App Home says."""

WHAT_YOU_DECIDED_LATELY = "What you decided lately"
YOU_HAVE_DECIDED_NOTHING_YET = "You have decided nothing yet."
NO_PROPOSAL_IS_YOURS = "No proposal is yours."
LISTS_WHAT_ELSE_YOU_CAN_ASK = "`/approvals help` lists what else you can ask."
OPEN_THE_LIST = "Open the list"
