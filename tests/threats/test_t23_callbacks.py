"""T23: callbacks are no way into the network: only to what the policy names, and only to addresses that may be reached."""

import re

import pytest

from policy import PolicyFaults
from tests.journeys.mentions import policy_for
from tests.receiver import SECRET, receiving
from tests.threats.ground import ground
from tests.town import SUPPORT


@pytest.fixture
async def internal():
    """A service on this machine that agents have no business with."""
    async with receiving() as internal:
        yield internal


@pytest.fixture
async def receiver():
    async with receiving() as receiver:
        yield receiver


async def called_back(folder, policy, private, url):
    """What became of a callback to the address: why it failed, once it was tried."""
    variables = {"SHOP_CALLBACK": SECRET, "SIGNOFF_PRIVATE_CALLBACKS": private}
    async with ground(folder, policy=policy, variables=variables) as town, town.serving():
        proposal, card = await town.proposed(callback_url=url)
        await town.click("U0ALICE", SUPPORT, card, "approve")
        query = "SELECT why FROM callbacks WHERE proposal_id = ? AND why IS NOT NULL"
        ((why,),) = await town.asked(lambda: town.rows(query, proposal["id"]))
        assert await town.status(proposal) == "approved"
        return why


def elsewhere(policy, receiver, url):
    return policy.replace(f"{receiver.url}/hooks/*", url)


@pytest.mark.parametrize("spelled", ["127.1", "0x7f000001", "2130706433"])
async def test_t23_a_name_that_leads_to_this_machine_is_not_connected_to(tmp_path, receiver, internal, spelled):
    url = internal.url.replace("127.0.0.1", spelled)
    policy = elsewhere(policy_for(receiver), receiver, f"{url}/*")
    why = await called_back(tmp_path, policy, "10.0.0.0/8", f"{url}/hooks/1")
    assert re.search(r"127\.0\.0\.1 may not be reached|no URL that can be called", why)
    assert internal.got == []


async def test_t23_a_redirect_to_an_internal_service_is_not_followed(tmp_path, receiver, internal):
    receiver.answers = [(307, {"Location": f"{internal.url}/admin"})] * 3
    why = await called_back(tmp_path, policy_for(receiver), "127.0.0.0/8", f"{receiver.url}/hooks/1")
    assert "redirects are not followed" in why
    assert internal.got == []


@pytest.mark.parametrize(
    ("url", "private"),
    [
        ("http://127.0.0.1:80/*", "no"),
        ("https://127.0.0.1/*", "no"),
        ("https://169.254.169.254/latest/*", "10.0.0.0/8"),
        ("http://agents.example.com/*", "no"),
        ("https://localhost/*", "no"),
    ],
)
async def test_t23_a_policy_that_names_what_may_not_be_reached_does_not_start(tmp_path, receiver, url, private):
    policy = elsewhere(policy_for(receiver), receiver, url)
    variables = {"SHOP_CALLBACK": SECRET, "SIGNOFF_PRIVATE_CALLBACKS": private}
    async with ground(tmp_path, policy=policy, variables=variables) as town:
        with pytest.raises(PolicyFaults, match=re.escape(url)):
            async with town.serving():
                raise AssertionError("it started")


async def test_t23_an_agent_names_no_address_but_those_of_its_entry(tmp_path, receiver, internal):
    host, port = receiver.url.removeprefix("http://").split(":")
    wrong = [
        f"{internal.url}/hooks/1",
        f"http://{host}:{port}@{internal.url[7:]}/hooks/1",
        f"{receiver.url}@evil.example/hooks/1",
        f"{receiver.url}.evil.example/hooks/1",
        f"{receiver.url}/hooks/../admin",
        f"{receiver.url}/hooks/%2e%2e/admin",
        f"{receiver.url}/hooks/..%5cadmin",
        f"{receiver.url}/hooks\\..\\admin",
        f"{receiver.url}/hooks/1#fragment",
        f"{receiver.url}/hooks/1\r\nX-Evil: 1",
        receiver.url.replace("http", "https") + "/hooks/1",
        receiver.url.replace("http://", "HTTP://") + "/hooks/1",
        f"file:///etc/passwd?{receiver.url}/hooks/1",
    ]
    variables = {"SHOP_CALLBACK": SECRET, "SIGNOFF_PRIVATE_CALLBACKS": "127.0.0.0/8"}
    async with ground(tmp_path, policy=policy_for(receiver), variables=variables) as town, town.serving():
        for url in wrong:
            problem = await town.propose(callback_url=url, expect=422)
            assert [each["pointer"] for each in problem["errors"]] == ["/callback_url"], url
        assert town.rows("SELECT count(*) FROM proposals") == [(0,)]
    assert receiver.got == internal.got == []


async def test_t23_what_a_receiver_answers_is_kept_nowhere(tmp_path, receiver):
    receiver.answers = [(500, {"X-Secret": "sesame-of-the-receiver"})]
    why = await called_back(tmp_path, policy_for(receiver), "127.0.0.0/8", f"{receiver.url}/hooks/1")
    assert why == "the receiver answered 500"
    for file in tmp_path.glob("signoff.db*"):
        assert b"sesame-of-the-receiver" not in file.read_bytes()
