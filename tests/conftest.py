"""What holds for all tests: laws are tried as long as they take, for a busy machine is no counterexample."""

import signal

from hypothesis import settings

from tests.disk import stay_in_memory
from tests.laws import QUICK, WHOLE

stay_in_memory()
settings.register_profile("signoff", WHOLE)
settings.register_profile("quick", QUICK)
settings.load_profile("signoff")

# What runs in the background of a shell, as a pipeline may run us, ignores Ctrl-C, and all that a test starts would too.
for number, as_ever in ((signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL)):
    if signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, as_ever)
