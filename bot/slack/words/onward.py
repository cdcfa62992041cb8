"""What the way on in a list is called."""

BACK_TO_THE_LIST = "Back to the list"
NEXT_IN_THE_LIST = "Next in the list that you came from"
