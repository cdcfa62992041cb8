"""What stands over a payload."""

EXACTLY_WHAT_WILL_RUN = "Payload: exactly what will run"
AND_ALL_ITS_OTHER_FIELDS = "and all its other fields"
AS_A_MAIL = "as a mail"
