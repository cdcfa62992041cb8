"""Report command, `signoff report`: says what came of acting on what was claimed."""

import sys
from collections.abc import Sequence

from signoff_client.client import Signoff
from signoff_client.commands.ask_options import Parser, WrongUse
from signoff_client.commands.payload_files import read_file, strict_object
from signoff_client.commands.standard import has_output
from signoff_client.commands.verdicts import REJECTED, UNREACHABLE, WRONG_USE, Verdict, deliver, note
from signoff_client.errors import Conflict, SignoffError, Tampered, TooMany, Unavailable


def main(arguments: Sequence[str]) -> int:
    """The command; its exit code: 0 reported, 2 wrong use, 3 refused (another outcome stands), 5 not reachable."""
    parser = Parser(prog="signoff report", description="Says what came of acting.", allow_abbrev=False)
    parser.add_argument("id", metavar="ID|@FILE", help="of the proposal, or what `signoff ask` printed of it")
    parser.add_argument("--status", required=True, choices=["succeeded", "failed", "unknown"])
    parser.add_argument("--detail", help="what happened, in a sentence")
    parser.add_argument("--verification", help="how it was seen that it worked")
    parser.add_argument("--url", help="of the service; else SIGNOFF_URL. The token is SIGNOFF_TOKEN")
    if not has_output():
        note("There is no standard output to answer on, so nothing was reported.")
        return WRONG_USE
    try:
        parsed = parser.parse_args(arguments)
        with Signoff(parsed.url, patience=60.0) as client:
            proposal = client.report(_id(parsed.id), parsed.status, parsed.detail, parsed.verification)
        verdict = Verdict(
            exit=0, decision="reported", message=proposal.message, action=proposal.action, proposal=proposal
        )
    except WrongUse as fault:
        verdict = Verdict(exit=WRONG_USE, decision="wrong-use", message=str(fault))
    except Conflict as no:
        verdict = Verdict(exit=REJECTED, decision="refused", message=no.message)
    except (Unavailable, TooMany, Tampered) as fault:
        verdict = Verdict(exit=UNREACHABLE, decision="unreachable", message=fault.message)
    except SignoffError as fault:
        verdict = Verdict(exit=WRONG_USE, decision="wrong-use", message=fault.message)
    try:
        return deliver(verdict)
    except OSError as fault:  # what was reported stands, whether or not anybody reads of it
        note(f"The answer could not be written: {fault}.")
        return verdict.exit


def _id(argument: str) -> str:
    """The id; of a decision in a file only where it was claimed. Raises WrongUse."""
    if not argument.startswith("@"):
        return argument
    try:
        decision = strict_object(read_file(argument[1:]))
    except (OSError, ValueError) as fault:
        raise WrongUse(f"{argument[1:]} holds no decision of `signoff ask`: {fault}") from None
    if decision.get("claimed") is not True or not isinstance(decision.get("id"), str):
        raise WrongUse(f"{argument[1:]} holds no decision that was claimed: there is nothing to report.")
    return str(decision["id"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
