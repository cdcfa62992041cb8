"""Where to ask and as whom: what is wrong with an address, a token or the environment is said before anything is sent."""

import asyncio

import pytest

from signoff_client import AsyncSignoff, NotConfigured, NotFound, Signoff
from tests.api.conftest import TOKEN
from tests.client.conftest import Sync

CLIENTS = [Signoff, AsyncSignoff]
HOST = "https://signoff.example.com"
ADDRESSES = {
    "no scheme": "signoff.example.com",
    "no scheme, with a port": "signoff.example.com:8080",
    "another scheme": "ftp://signoff.example.com",
    "a scheme alone": "https://",
    "a port alone": "https://:8080",
    "a port that is none": f"{HOST}:99999",
    "a port of nothing": f"{HOST}:0",
    "a port of letters": f"{HOST}:https",
    "a query": f"{HOST}?team=a",
    "an empty query": f"{HOST}/?",
    "a fragment": f"{HOST}/#top",
    "a user": "https://me@signoff.example.com",
    "a user and a password": "https://me:swordfish@signoff.example.com",
    "an empty user": "https://@signoff.example.com",
    "a byte order mark": f"\ufeff{HOST}",
    "an inner line end": f"{HOST}\n/v1",
    "two lines": f"{HOST}\nhttps://other.example.com",
    "an inner blank": "https://signoff .example.com",
    "a tab": "https://signoff\t.example.com",
    "a nul": f"{HOST}\0",
    "half a character": "https://signoff\udcff.example.com",
    "half a character in its path": f"{HOST}/\ud800",
    "an invisible letter": "https://signoff\u200b.example.com",
    "quotes around it": f'"{HOST}"',
    "an IPv6 address that is none": "https://[::1",
    "no host that could be": "https://..",
}
TOKENS = {
    "blanks alone": "  \n",
    "letters that are no ASCII": "tokén-of-nobody-0123456789",
    "a byte order mark": "\ufefftoken-of-nobody-0123456789",
    "an inner line end": "token-of-nobody\n0123456789",
    "a carriage return": "token-of-nobody\r0123456789",
    "a header smuggled in": "token-of-nobody\r\nX-Agent: root",
    "an inner blank": "token of nobody 0123456789",
    "a nul": "token-of-nobody\x000123456789",
    "half a character": "token-of-nobody-\udcff",
    "a whole file": "x" * 600,
}


UNHEARD_OF = {"a nul", "half a character in its path"}
"""What no environment can hold."""


@pytest.mark.parametrize("kind", CLIENTS)
@pytest.mark.parametrize("name", ADDRESSES)
def test_an_address_that_cannot_be_is_refused_at_once(kind, name):
    with pytest.raises(NotConfigured, match="SIGNOFF_URL") as refused:
        kind(ADDRESSES[name], TOKEN)
    assert "swordfish" not in refused.value.message


@pytest.mark.parametrize("kind", CLIENTS)
@pytest.mark.parametrize("name", [each for each in ADDRESSES if each not in UNHEARD_OF])
def test_one_of_the_environment_is_refused_as_well(kind, name, monkeypatch):
    monkeypatch.setenv("SIGNOFF_URL", ADDRESSES[name])
    with pytest.raises(NotConfigured, match="SIGNOFF_URL"):
        kind(None, TOKEN)


@pytest.mark.parametrize("kind", CLIENTS)
@pytest.mark.parametrize("name", TOKENS)
def test_a_token_that_cannot_be_is_refused_at_once_and_not_repeated(kind, name):
    with pytest.raises(NotConfigured, match="SIGNOFF_TOKEN") as refused:
        kind(HOST, TOKENS[name])
    assert "nobody" not in refused.value.message


@pytest.mark.parametrize("kind", CLIENTS)
@pytest.mark.parametrize("form", ["{}", "{}/", "  {}  ", "{}\n", "{}/\r\n"])
async def test_blanks_around_an_address_and_a_token_and_its_last_slash_do_no_harm(kind, form, endpoint, door):
    made = kind(form.format(door.url), f" {TOKEN}\r\n")
    client = Sync(made) if kind is Signoff else made
    assert await client.proposals() == ()
    await client.close()


@pytest.mark.parametrize("kind", CLIENTS)
@pytest.mark.parametrize(
    "numbers",
    [
        *({"timeout": each} for each in (0, -1, float("nan"), float("inf"), 1e12, "10", None, True)),
        *({"patience": each} for each in (-1, float("nan"), "30", None, True)),
    ],
    ids=str,
)
def test_a_time_that_is_none_is_no_client(kind, numbers):
    with pytest.raises(NotConfigured, match="number of seconds"):
        kind(HOST, TOKEN, **numbers)


@pytest.mark.parametrize("kind", CLIENTS)
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SSL_CERT_FILE", "/no/such/file.pem"),
        ("SSL_CERT_FILE", "/dev/null"),
        ("HTTPS_PROXY", "ldap://proxy.example.com"),
        ("HTTPS_PROXY", "http://proxy.example.com:99999"),
        ("HTTPS_PROXY", "http://[::1"),
        ("ALL_PROXY", "socks5://proxy.example.com"),
    ],
)
def test_an_environment_that_cannot_be_used_is_said_to_be_so(kind, name, value, monkeypatch):
    for each in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy"):
        monkeypatch.delenv(each, raising=False)
    monkeypatch.setenv(name, value)
    with pytest.raises(NotConfigured, match=name):
        kind(HOST, TOKEN)


@pytest.mark.parametrize("kind", CLIENTS)
async def test_a_proxy_of_the_environment_is_used_unless_the_host_is_excepted(kind, endpoint, door, monkeypatch):
    for each in ("http_proxy", "no_proxy", "NO_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(each, raising=False)
    monkeypatch.setenv("HTTP_PROXY", door.url)
    made = kind("http://signoff.test", TOKEN)
    client = Sync(made) if kind is Signoff else made
    assert await client.proposals() == ()
    assert door.seen[0][2]["Host"] == "signoff.test"
    await client.close()
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    made = kind(door.url, TOKEN)
    client = Sync(made) if kind is Signoff else made
    assert await client.proposals() == ()
    await client.close()


async def test_the_path_of_an_address_is_kept(endpoint, door):
    with Signoff(f"{door.url}/behind/a/proxy/", TOKEN, patience=0) as client, pytest.raises(NotFound):
        await asyncio.to_thread(client.proposals)
    assert door.seen[0][1] == "/behind/a/proxy/v1/proposals"
