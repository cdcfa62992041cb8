"""Entry: what all entries of the policy file share."""

from pydantic import BaseModel, ConfigDict


class PolicyEntry(BaseModel):
    """What all entries of the file share: exact types, no unknown key.

    The text below a key is its description in editors and in the reference.
    """

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, use_attribute_docstrings=True)
