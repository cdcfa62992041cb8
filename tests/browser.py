"""The system's Chromium, for tests that look at a page as people do."""

from pathlib import Path

import pytest

CHROMIUMS = [Path("/usr/bin/chromium"), Path("/usr/bin/chromium-browser"), Path("/usr/bin/google-chrome")]
CHROMIUM = next((path for path in CHROMIUMS if path.exists()), None)
SWITCHES = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
needs_chromium = pytest.mark.skipif(
    CHROMIUM is None,
    reason=f"needs Chromium at one of {', '.join(map(str, CHROMIUMS))} (Debian: apt-get install chromium)",
)
