"""The bot on a machine whose clock is off by the seconds that a file holds."""

import datetime as dt
import os
from pathlib import Path

import apscheduler.executors.base
import apscheduler.schedulers.base
import apscheduler.triggers.interval

import bot.clock
from bot.cli.main import main

__all__ = ["main"]

OFFSET = Path(os.environ["TEST_CLOCK_OFFSET"])


class ShiftedDatetime(dt.datetime):
    """The machine's clock is what `now` gives."""

    @classmethod
    def now(cls, tz=None):
        return dt.datetime.now(tz) + dt.timedelta(seconds=float(OFFSET.read_text(encoding="ascii")))


for module in (
    bot.clock,
    apscheduler.schedulers.base,
    apscheduler.executors.base,
    apscheduler.triggers.interval,
):
    module.datetime = ShiftedDatetime
