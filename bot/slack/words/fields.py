"""Why a field is locked in the edit form."""
# ruff: noqa: D103 - a sentence says itself what it is

THE_POLICY_REDACTS_IT = "the policy redacts it, so nobody changes what nobody sees"
THERE_ARE_MORE_FIELDS_THAN_FIT = "there are more fields than fit one form"
THE_POLICY_DOES_NOT_LET_REVIEWERS = "the policy does not let reviewers change it"
NAME_TOO_LONG_FOR_AN_INPUT = "its name cannot stand over an input"
IT_HAS_INVISIBLE_CHARACTERS = "it has invisible characters"
IT_HAS_LOOK_ALIKES = "it has characters that pass for others"


def its_characters_do_not_fit(count: int) -> str:
    return f"its {count} characters do not fit an input"
