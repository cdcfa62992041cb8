"""Tethered programs: `python -m demo.tethered MODULE …` ends with whoever started it, however that ended.

Standard input is the tether: the parent holds the other end of the pipe, and the system lets go of it when the parent
is gone, killed or not. Works wherever there are pipes; nobody has to be asked who the parent is.
"""

import os
import runpy
import signal
import sys
import threading

GRACE = 10.0
"""Seconds to end by itself, as when told to."""


def main() -> None:
    """Runs the module as a program, with the arguments after its name."""
    program, *arguments = sys.argv[1:]
    tether = os.dup(sys.stdin.fileno())
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, sys.stdin.fileno())
    os.close(nothing)
    threading.Thread(target=_end_with, args=(tether,), daemon=True).start()
    sys.argv = [program, *arguments]
    runpy.run_module(program, run_name="__main__", alter_sys=True)


def _end_with(tether: int) -> None:
    """Waits until nobody holds the other end, then asks the process to end, and insists."""
    while os.read(tether, 1):
        pass
    threading.Timer(GRACE, os._exit, args=(1,)).start()
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
