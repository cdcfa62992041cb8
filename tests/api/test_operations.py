"""Alive, ready, metrics; and every error a problem."""

from dataclasses import replace

import pytest

from approvals.decision import Attestation, FirstSeen
from approvals.estimate import Share
from approvals.ports import StoreBusy
from approvals.proposal import Status
from approvals.refusals import AgentRefusal, NotFound, ReviewerRefusal
from bot.api.app import ROUTES
from bot.api.metrics import Metrics
from bot.api.problems import PROBLEM_TYPES, WORDS, refused
from storage import Queue
from tests.api.conftest import TOKEN, body
from tests.making import START


def leaves(kind):
    return [kind] if not kind.__subclasses__() else [leaf for each in kind.__subclasses__() for leaf in leaves(each)]


def test_every_refusal_of_an_agent_has_words_and_a_status():
    said = {NotFound, *leaves(AgentRefusal)}
    assert said == set(WORDS)
    assert {refusal.slug for refusal in said} <= set(PROBLEM_TYPES)


@pytest.mark.parametrize("status", Status)
def test_not_approved_says_for_every_status_what_to_do(status):
    (kind,) = [each for each in WORDS if each.slug == "not-approved"]
    said = refused(kind(status))
    assert (said.status, str(status) in said.detail) == (409, True)


def test_what_is_said_to_reviewers_is_not_said_to_agents():
    for kind in leaves(ReviewerRefusal):
        assert kind not in WORDS


async def test_alive_needs_no_token(endpoint):
    assert await endpoint.call("GET", "/healthz", token=None) == {"status": "live", "version": "1.2.3"}


async def test_ready_is_ready_when_every_part_works(endpoint):
    parts = {"store": True, "schema": True, "scheduler": True, "policy": True}
    assert await endpoint.call("GET", "/readyz", token=None) == {"status": "ready", "parts": parts, "degraded": []}


async def test_trouble_that_does_not_stop_the_work_is_told_and_still_200(endpoint):
    endpoint.readiness = replace(endpoint.readiness, degraded=("Slack is out of reach",))
    ready = await endpoint.call("GET", "/readyz", token=None)
    assert (ready["status"], ready["degraded"]) == ("degraded", ["Slack is out of reach"])


@pytest.mark.parametrize("part", ["store", "schema", "scheduler", "policy"])
async def test_one_part_that_does_not_work_is_not_ready(endpoint, part):
    endpoint.readiness = replace(endpoint.readiness, **{part: False})
    no = await endpoint.call("GET", "/readyz", token=None, expect=503)
    assert no["type"] == "urn:signoff:problem:not-ready"
    assert (no["parts"][part], part in no["detail"]) == (False, True)


async def test_readiness_that_cannot_be_told_is_not_ready(endpoint):
    endpoint.readiness = StoreBusy("locked")
    assert (await endpoint.call("GET", "/readyz", token=None, expect=503))["parts"]["store"] is False


async def scraped(endpoint):
    async with endpoint.http.get("/metrics") as response:
        assert response.status == 200
        assert response.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        return await response.text()


async def test_metrics_count_requests_by_route_and_never_by_path(endpoint):
    made = await endpoint.propose()
    await endpoint.show(made)
    await endpoint.call("GET", "/secret/path", expect=404)
    await endpoint.call("PROPFIND", "/v1/proposals", expect=405)
    text = await scraped(endpoint)
    for line in (
        'signoff_http_requests_total{method="POST",route="/v1/proposals",status="201"} 1.0',
        'signoff_http_requests_total{method="GET",route="/v1/proposals/{id}",status="200"} 1.0',
        'signoff_http_requests_total{method="GET",route="none",status="404"} 1.0',
        'signoff_http_requests_total{method="other",route="none",status="405"} 1.0',
        'signoff_proposals{status="pending"} 1.0',
        'signoff_proposals_submitted_total{tier="approve"} 1.0',
        'signoff_proposals_submitted_total{tier="watch"} 0.0',
        'signoff_outbox{state="waiting"} 1.0',
        'signoff_outbox{state="dead_letter"} 0.0',
        "signoff_stopped_agents 0.0",
        "signoff_waiting_requests 0.0",
        "signoff_loop_longest_stall_seconds 0.25",
    ):
        assert line in text.splitlines()
    for secret in (made["id"], "secret", "PROPFIND", "refund", TOKEN):
        assert secret not in text


async def test_metrics_tell_what_is_late_and_how_old_the_oldest_is(endpoint):
    await endpoint.propose(expires_in=60)
    endpoint.clock.forward(seconds=90)
    lines = (await scraped(endpoint)).splitlines()
    assert "signoff_late_proposals 1.0" in lines
    assert "signoff_oldest_pending_seconds 90.0" in lines


async def test_metrics_tell_what_waits_for_each_role_and_how_much_is_decided_unread(endpoint):
    asked = [await endpoint.propose() for _ in range(3)]
    for words, proposal in zip((9000, 1), asked, strict=False):
        seen = FirstSeen(at=endpoint.clock.now(), words=words)
        endpoint.clock.forward(seconds=30)
        await endpoint.approve(proposal, attestation=Attestation(first_seen=seen))
    text = await scraped(endpoint)
    lines = text.splitlines()
    assert {"signoff_timed_decisions 2.0", "signoff_unread_decisions 1.0"} <= set(lines)
    (role,) = {
        line.partition('"')[2].partition('"')[0]
        for line in lines
        if line.startswith("signoff_queue{") and line.endswith(" 1.0")
    }
    assert f'signoff_queue_oldest_seconds{{role="{role}"}} 60.0' in lines
    assert "U0CAROL" not in text
    await endpoint.approve(asked[2])
    lines = (await scraped(endpoint)).splitlines()
    assert f'signoff_queue{{role="{role}"}} 0.0' in lines
    endpoint.clock.forward(days=8)
    assert "signoff_timed_decisions 0.0" in (await scraped(endpoint)).splitlines()


def test_what_waited_for_a_role_that_the_policy_has_no_more_is_not_told_for_ever():
    shown = Metrics()
    shown.oversee(Share(0, 0), [Queue(role="former", waits=2, oldest=START)], ["support"], START)
    assert shown.registry.get_sample_value("signoff_queue", {"role": "former"}) == 2
    shown.oversee(Share(0, 0), [], ["support"], START)
    assert shown.registry.get_sample_value("signoff_queue", {"role": "former"}) is None
    assert shown.registry.get_sample_value("signoff_queue", {"role": "support"}) == 0


@pytest.mark.parametrize(("method", "path", "status", "slug"), [
    ("GET", "/", 404, "not-found"), ("GET", "/v1/proposals/", 404, "not-found"), ("POST", "/v1/proposals/x/approve", 404, "not-found"),
    ("GET", "/v1/event", 404, "not-found"), ("GET", "/%ff%00", 404, "not-found"),
    ("DELETE", "/v1/proposals", 405, "method-not-allowed"), ("GET", "/v1/proposals/x/claim", 405, "method-not-allowed"),
    ("POST", "/healthz", 405, "method-not-allowed"),
    ("GET", "/v1/proposals/x", 404, "not-found"), ("GET", "/v1/proposals/%00%ED%A0%80", 404, "not-found"), ("GET", "/v1/proposals/prp_%F0%9F", 404, "not-found"),
])  # fmt: skip
async def test_an_address_that_is_none_or_a_method_that_does_not_fit_is_a_problem(endpoint, method, path, status, slug):
    no = await endpoint.call(method, path, expect=status)
    assert no["type"] == f"urn:signoff:problem:{slug}"
    assert (status == 405) == ("Allow" in endpoint.headers)


class Broken:
    """A store that fails in the way it is told to."""

    def __init__(self, error):
        self.error = error

    async def transact(self, _verb, _digest=None):
        raise self.error

    async def find(self, _):
        raise self.error


async def test_a_busy_store_is_told_with_a_time_to_come_back(endpoint):
    endpoint.lifecycle.store = Broken(StoreBusy("locked"))
    for no in (await endpoint.propose(expect=503), await endpoint.show({"id": "prp_" + "0" * 32}, expect=503)):
        assert no["type"] == "urn:signoff:problem:store-busy"
        assert endpoint.headers["Retry-After"] == "1"


async def test_a_fault_of_ours_says_nothing_of_what_was_inside(endpoint, caplog, capsys):
    endpoint.lifecycle.store = Broken(RuntimeError("the payload was the parcel of Mira"))
    no = await endpoint.call("POST", "/v1/proposals", body(), expect=500)
    assert no["type"] == "urn:signoff:problem:internal"
    captured = capsys.readouterr()
    assert "Mira" not in str(no) + caplog.text + captured.out + captured.err
    assert "RuntimeError" in captured.out + captured.err + caplog.text


async def test_no_answer_is_kept_by_a_cache(endpoint):
    for path, status in (("/v1/proposals", 200), ("/nowhere", 404)):
        await endpoint.call("GET", path, expect=status)
        assert endpoint.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", [path for method, path, _ in ROUTES if method == "GET"])
async def test_whatever_can_be_read_answers_head_with_the_same_status_and_no_body(endpoint, path):
    made = await endpoint.propose()
    address, bearing = path.replace("{id}", made["id"]), {"Authorization": f"Bearer {TOKEN}"}
    async with (
        endpoint.http.head(address, headers=bearing) as answer,
        endpoint.http.get(address, headers=bearing) as whole,
    ):
        assert (answer.status, answer.content_type) == (whole.status, whole.content_type)
        assert await answer.read() == b""


async def test_head_is_refused_as_get_is(endpoint):
    for token, status in (("nobody's-token-0123456789abcdefghijk", 401), (TOKEN, 404)):
        async with endpoint.http.head("/v1/proposals/prp_none", headers={"Authorization": f"Bearer {token}"}) as answer:
            assert answer.status == status
    async with endpoint.http.head("/v1/proposals/x/claim") as answer:
        assert answer.status == 405
