"""Fidelity: people are shown what would run, and what they approved is what runs.

`law` has both directions, for any function; `parameters` is the plain function's way, `omissions` what it may not drop.
"""

from signoff_client.fidelity.equality import identical
from signoff_client.fidelity.law import arguments_of, payload_of, refuse_unknown

__all__ = ["arguments_of", "identical", "payload_of", "refuse_unknown"]
