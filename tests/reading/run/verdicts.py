"""What a reader said of the pictures, held against what is right: what was caught, and what was a false alarm.

The reader writes a line for each picture: its number, `approve` or `reject`, and what decided it.
"""

import re

from tests.reading.run import STRETCHES, run

_LINE = re.compile(r"0*([1-9][0-9]*)\W+(approve|reject)(?:\W+(.*))?", re.IGNORECASE)


class NoVerdict(Exception):
    """A line that is no verdict, or a run that is not judged whole; says which and what to write."""


def verdicts(text):
    """By number: `approve` or `reject`. Blank lines and what begins with # are left out."""
    found = {}
    for line in filter(None, (each.strip() for each in text.splitlines())):
        if line.startswith("#"):
            continue
        said = _LINE.fullmatch(line)
        if said is None:
            raise NoVerdict(f"{line!r} is no verdict. Write such as: 4 reject: the account is another.")
        found[int(said[1])] = said[2].lower()
    return found


def judged(said, of):
    """The verdicts as lines of text: caught and false alarms, for each stretch and in all."""
    if missing := sorted({each.number for each in of} - set(said)):
        raise NoVerdict(f"Nothing is said of {', '.join(map(str, missing))}. Each picture needs a verdict.")
    lines = [f"{'cards':>6} {'caught':>7} {'false alarms':>13}"]
    for stretch in (*STRETCHES, range(1, len(of) + 1)):
        within = [each for each in of if each.number in stretch]
        harm = [each for each in within if each.wrong]
        caught = sum(said[each.number] == "reject" for each in harm)
        alarms = sum(said[each.number] == "reject" for each in within if not each.wrong)
        lines.append(f"{stretch.start:>3}-{stretch.stop - 1:<2} {caught:>4}/{len(harm)} {alarms:>13}")
    missed = [f"{each.number}: {each.why}" for each in of if each.wrong and said[each.number] == "approve"]
    return "\n".join([*lines, *(["", "Missed:", *missed] if missed else [])]) + "\n"


def answers(of):
    """What is right and why, as lines of text; to be kept away from whoever reads the pictures."""
    return "".join(f"{each.number:02} {each.right}: {each.why}\n" for each in of)


def of_run(text, harmful):
    """The same of a whole run, from the reader's lines."""
    return judged(verdicts(text), run(harmful))
