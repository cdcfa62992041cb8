"""Service address and token, checked whole before anything is sent, so that what is wrong is said at once."""

import math
import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.request import getproxies, proxy_bypass

import httpx

from signoff_client.errors import NotConfigured

if TYPE_CHECKING:
    import ssl
    from collections.abc import Mapping

LONGEST: Final = 86_400.0
"""Seconds: more than any answer takes, and what every system's clock can count."""
MOST_WAITING: Final = 200
"""Requests that the service holds for one agent at once."""
_TOKEN: Final = re.compile(r"[!-~]{1,512}")
_LABELS: Final = re.compile(r"[^.]+(\.[^.]+)*\.?")
_ADDRESS: Final = "as https://signoff.example.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A service, an agent's token, and how to get there."""

    url: str
    headers: "Mapping[str, str]"
    timeout: float
    """Seconds for one answer, beyond what the service was asked to hold it."""
    waits: int
    """Requests that may be held at once."""
    verify: "ssl.SSLContext"
    proxy: httpx.Proxy | None


def place_of(url: str | None, token: str | None, *, timeout: float, patience: float, waits: int) -> Place:
    """Of the arguments, and of the environment for those that are not given. Raises NotConfigured."""
    if not _seconds(timeout) or not 0 < timeout <= LONGEST:
        raise NotConfigured(f"timeout has to be a number of seconds, above 0 and up to {LONGEST:g}, not {timeout!r}.")
    if not _seconds(patience) or patience < 0:
        raise NotConfigured(f"patience has to be a number of seconds, 0 or more, and not {patience!r}.")
    if not isinstance(waits, int) or isinstance(waits, bool) or waits < 1:
        raise NotConfigured(f"waits has to be how many requests may be held at once, 1 or more, and not {waits!r}.")
    address = _address(url or os.environ.get("SIGNOFF_URL", ""))
    bearer = _bearer(token or os.environ.get("SIGNOFF_TOKEN", ""))
    try:
        verify, proxy = httpx.create_ssl_context(), _proxy(address)
        httpx.HTTPTransport(verify=verify, proxy=proxy).close()
    except (OSError, ValueError, ImportError, httpx.InvalidURL) as fault:
        raise NotConfigured(
            "What the environment says of certificates or proxies (SSL_CERT_FILE, SSL_CERT_DIR, HTTPS_PROXY, "
            f"HTTP_PROXY, ALL_PROXY) cannot be used: {type(fault).__name__}: {fault}"
        ) from None
    return Place(
        url=str(address).rstrip("/"),
        headers={"Authorization": f"Bearer {bearer}", "Accept": "application/json", "Accept-Encoding": "identity"},
        timeout=timeout,
        waits=waits,
        verify=verify,
        proxy=proxy,
    )


def _address(setting: str) -> httpx.URL:
    """Nothing of it is repeated in what is raised: it may hold a password."""
    text = setting.strip(" \t\r\n")
    if not text.startswith(("http://", "https://")):
        raise NotConfigured(f"SIGNOFF_URL must be the address of the approval service, with its scheme, {_ADDRESS}.")
    if any(each.isspace() or not each.isprintable() for each in text):
        raise NotConfigured(f"SIGNOFF_URL has a blank, a line end or an invisible letter in it; write it {_ADDRESS}.")
    try:
        address = httpx.URL(text)
        port = address.port
    except (httpx.InvalidURL, ValueError, TypeError):  # UnicodeEncodeError is a ValueError
        raise NotConfigured(f"SIGNOFF_URL is no address; write it {_ADDRESS}.") from None
    if not _LABELS.fullmatch(address.host) or not _exists(port):
        raise NotConfigured(f"SIGNOFF_URL names no host, or no port that exists; write it {_ADDRESS}.")
    if address.userinfo or "@" in text:
        raise NotConfigured("SIGNOFF_URL has a user or a password in it; the token belongs in SIGNOFF_TOKEN alone.")
    if "?" in text or "#" in text:
        raise NotConfigured(f"SIGNOFF_URL has a query or a fragment, which no address of the service has; {_ADDRESS}.")
    return address


def _bearer(setting: str) -> str:
    token = setting.strip(" \t\r\n")
    if not token:
        raise NotConfigured(
            "SIGNOFF_TOKEN must be this agent's token, the one that the bot's policy knows it by, often in the bot's "
            ".env. `signoff token new` makes another, which then belongs there too."
        )
    if not _TOKEN.fullmatch(token):
        raise NotConfigured(
            "SIGNOFF_TOKEN is no token: 1 to 512 visible ASCII characters, without a blank or line end in it. Was a "
            "whole file, a byte order mark or a second line copied with it?"
        )
    return token


def _seconds(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and not math.isnan(value)


def _proxy(address: httpx.URL) -> httpx.Proxy | None:
    """What the environment, or the system, wants to stand between."""
    known = getproxies()
    named = known.get(address.scheme) or known.get("all")
    if not named or proxy_bypass(address.host):
        return None
    proxy = httpx.Proxy(named if "://" in named else f"http://{named}")
    if not _exists(proxy.url.port):
        raise ValueError(f"no proxy has the port {proxy.url.port}")
    return proxy


def _exists(port: int | None) -> bool:
    return port is None or 0 < port < 65_536
