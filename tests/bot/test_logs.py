"""What the process says: each line is JSON where it is no terminal, also of libraries."""

import json
import subprocess
import sys

SAYS = """
import logging
from bot.logs import configure_logs
configure_logs({kind!r})
import structlog
structlog.get_logger("ours").info("ready", port=1)
logging.getLogger("apscheduler.scheduler").warning("a sweep was %s", "skipped")
logging.getLogger("slack_sdk").info("the body of a request")
try:
    raise ValueError("why")
except ValueError:
    logging.getLogger("aiohttp").exception("it failed")
"""


def said(kind):
    run = subprocess.run([sys.executable, "-c", SAYS.format(kind=kind)], capture_output=True, text=True, check=True)
    return run.stderr


def test_each_line_is_json_also_what_a_library_warns_of():
    ours, warned, failed = [json.loads(line) for line in said("json").splitlines()]
    assert (ours["event"], ours["port"], ours["level"]) == ("ready", 1, "info")
    assert (warned["event"], warned["logger"], warned["level"]) == (
        "a sweep was skipped",
        "apscheduler.scheduler",
        "warning",
    )
    assert warned["timestamp"] >= ours["timestamp"]
    assert "ValueError: why" in failed["exception"]


def test_for_people_a_library_is_named_beside_what_it_warns_of():
    text = said("pretty")
    assert "a sweep was skipped" in text
    assert "apscheduler.scheduler" in text
    assert "the body of a request" not in text
