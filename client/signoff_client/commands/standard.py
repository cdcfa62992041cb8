"""Standard streams as a command finds them: whoever started it may have closed any of them."""

import os
import sys


def has_output() -> bool:
    """Whether there is an output to answer on. Fills what is closed, so call it before anything is opened.

    Else a socket would get the number, and what is written for people would go to whoever is at its other end.
    """
    there = sys.stdout is not None
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest number that is free, which is this one
    return there
