"""The bot as a process that strace may attach to, whoever started it and whatever the machine allows."""

import ctypes

from bot.cli.main import main

__all__ = ["main"]

SET_PTRACER, ANY = 0x59616D61, ctypes.c_ulong(-1)
ctypes.CDLL(None).prctl(SET_PTRACER, ANY, 0, 0, 0)
