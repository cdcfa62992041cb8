"""`verify_callback` believes what Standard Webhooks sign with a known secret, now, and nothing else."""

import base64
import json
from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook

from approvals.effects import AgentEvent
from approvals.proposal import Status
from bot.api.present import cloud_event
from delivery.signing import signed
from signoff_client import Callback, Proposal, Tampered, verify_callback
from tests.making import make_proposal

SECRET = "whsec_" + base64.b64encode(b"first-secret-of-the-tests").decode()
OTHER = "whsec_" + base64.b64encode(b"other-secret-of-the-tests").decode()
NOW = 1_795_000_000
PROPOSAL = make_proposal(status=Status.approved)
HAPPENED = datetime(2026, 11, 20, 10, 15, 0, 123000, tzinfo=UTC)
EVENT = cloud_event("ent_1", AgentEvent.approved, HAPPENED, PROPOSAL)
BODY = json.dumps(EVENT).encode()


def request(body=BODY, *, secrets=(SECRET,), event="ent_1", at=NOW, **changes):
    """The headers of a request as another implementation of the standard signs it, with these in their place."""
    text, moment = body.decode(), datetime.fromtimestamp(at, UTC)
    signatures = [Webhook(secret).sign(event, moment, text) for secret in secrets]
    headers = {"webhook-id": event, "webhook-timestamp": str(at), "webhook-signature": " ".join(signatures)}
    changed = headers | {name.replace("_", "-"): value for name, value in changes.items()}
    return {name: value for name, value in changed.items() if value is not None}


def refused(headers, body=BODY, secrets=SECRET, now=NOW):
    with pytest.raises(Tampered) as raised:
        verify_callback(headers, body, secrets, now=now)
    assert raised.value.message.endswith("Do nothing with it.")
    return raised.value.message


def test_what_is_signed_with_the_secret_is_read():
    believed = verify_callback(request(), BODY, SECRET, now=NOW)
    assert believed == Callback(
        id="ent_1", kind="signoff.proposal.approved", at=HAPPENED, proposal=Proposal.read(EVENT["data"])
    )
    assert (believed.proposal.id, believed.proposal.status) == (PROPOSAL.id, "approved")


def test_the_names_of_headers_may_be_written_in_any_case():
    headers = {name.title(): value for name, value in request().items()}
    assert verify_callback(headers, BODY, SECRET, now=NOW).id == "ent_1"


@pytest.mark.parametrize("known", [[SECRET], [OTHER], [OTHER, SECRET]])
def test_while_rotating_either_secret_will_do_on_either_side(known):
    assert verify_callback(request(secrets=(SECRET, OTHER)), BODY, known, now=NOW).id == "ent_1"


def test_what_the_bot_signs_is_what_the_standard_signs():
    keys = [base64.b64decode(secret.removeprefix("whsec_")) for secret in (SECRET, OTHER)]
    assert signed("ent_1", NOW, BODY, keys) == request(secrets=(SECRET, OTHER))


@pytest.mark.parametrize("index", [0, 1, len(BODY) // 2, len(BODY) - 1])
def test_one_bit_of_the_body_is_enough(index):
    changed = bytearray(BODY)
    changed[index] ^= 1
    assert "no signature" in refused(request(), bytes(changed))


@pytest.mark.parametrize(
    "changes", [{"webhook_id": "ent_2"}, {"webhook_timestamp": str(NOW + 1)}, {"webhook_id": "ent"}]
)
def test_the_headers_are_signed_too(changes):
    assert "no signature" in refused(request(**changes))


def test_a_secret_of_somebody_else_signs_nothing():
    assert "no signature" in refused(request(secrets=(OTHER,)))


@pytest.mark.parametrize(("late", "believed"), [(300, True), (-300, True), (301, False), (-301, False)])
def test_an_attempt_is_believed_for_five_minutes_both_ways(late, believed):
    if believed:
        assert verify_callback(request(), BODY, SECRET, now=NOW + late).id == "ent_1"
    else:
        assert "timestamp" in refused(request(), now=NOW + late)


@pytest.mark.parametrize("missing", ["webhook_id", "webhook_timestamp", "webhook_signature"])
def test_no_header_may_be_missing_or_there_twice(missing):
    name = missing.replace("_", "-")
    assert f"no {name}" in refused(request(**{missing: None}))
    headers = request()
    assert f"2 {name}" in refused({**headers, name.upper(): headers[name]})


@pytest.mark.parametrize(
    "changes",
    [
        {"webhook_id": ""},
        {"webhook_id": "ent.1"},
        {"webhook_id": "x" * 257},
        {"webhook_timestamp": ""},
        {"webhook_timestamp": "1e9"},
        {"webhook_timestamp": "-1"},
        {"webhook_timestamp": f"{NOW}.0"},
        {"webhook_timestamp": f" {NOW}"},
        {"webhook_timestamp": "\u0661\u0667"},
        {"webhook_timestamp": "9" * 13},
        {"webhook_signature": ""},
        {"webhook_signature": "v1"},
        {"webhook_signature": "v1,"},
        {"webhook_signature": "v1,\u00e4"},
        {"webhook_signature": "v1,AAA"},
        {"webhook_signature": "v1,AAAA v1"},
        {"webhook_signature": " ".join(["v1,AAAA"] * 17)},
    ],
)
def test_malformed_headers_are_refused(changes):
    assert "malformed" in refused(request(**changes))


def test_signatures_of_kinds_unknown_here_are_passed_over():
    headers = request()
    headers["webhook-signature"] = f"v1a,AAAA v2,BBBB {headers['webhook-signature']}"
    assert verify_callback(headers, BODY, SECRET, now=NOW).id == "ent_1"
    headers["webhook-signature"] = headers["webhook-signature"].replace("v1,", "v2,")
    assert "no signature" in refused(headers)


def without(*names):
    return {name: value for name, value in EVENT.items() if name not in names}


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"[]",
        b"null",
        b"{}",
        b"not json",
        b"[" * 100_000,
        json.dumps(without("id")).encode(),
        json.dumps({**EVENT, "id": "ent_2"}).encode(),
        json.dumps({**EVENT, "type": 1}).encode(),
        json.dumps({**EVENT, "timestamp": "now"}).encode(),
        json.dumps({**EVENT, "timestamp": "2026-11-20T10:15:00"}).encode(),
        json.dumps({**EVENT, "timestamp": 1}).encode(),
        *(
            json.dumps({**EVENT, "data": data}).encode()
            for data in (
                None,
                [],
                {},
                {**EVENT["data"], "status": "fine"},
                {**EVENT["data"], "version": "2"},
                {**EVENT["data"], "payload": {"amount": 9000}},
            )
        ),
    ],
)
def test_what_is_signed_and_is_none_of_our_events_is_refused_too(said):
    assert "cannot be believed" in refused(request(said), said)


@pytest.mark.parametrize("secrets", [[], "", "secret", "whsec_", "whsec_AAAA", "whsec_!", [SECRET, ""], SECRET[6:]])
def test_without_a_usable_secret_nothing_is_even_looked_at(secrets):
    with pytest.raises(ValueError, match="secret"):
        verify_callback(request(), BODY, secrets, now=NOW)


@pytest.mark.parametrize("body", [BODY.decode(), EVENT, None, [BODY], 7], ids=lambda body: type(body).__name__)
def test_a_body_that_is_not_the_bytes_as_they_came_is_refused_with_a_sentence(body):
    assert "the bytes as they came" in refused(request(), body)


@pytest.mark.parametrize("kind", [bytearray, memoryview])
def test_bytes_may_come_in_any_form_of_theirs(kind):
    assert verify_callback(request(), kind(BODY), SECRET, now=NOW).id == "ent_1"


@pytest.mark.parametrize(
    "headers",
    [None, [], list(request().items()), "webhook-id: ent_1", request().keys()],
    ids=lambda headers: type(headers).__name__,
)
def test_headers_that_are_no_mapping_are_refused_with_a_sentence(headers):
    assert "mapping" in refused(headers)


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
@pytest.mark.parametrize("kind", [str.encode, lambda text: [text], lambda text: None, lambda text: 7])
def test_a_header_that_is_no_text_is_refused_with_a_sentence(name, kind):
    headers = request()
    assert f"{name} is no text" in refused({**headers, name: kind(headers[name])})


def test_a_header_whose_name_is_no_text_is_none_of_ours():
    headers = {name.encode(): value for name, value in request().items()}
    assert "no webhook-id" in refused(headers)


@pytest.mark.parametrize("now", [float("nan"), HAPPENED, HAPPENED.replace(tzinfo=None), "now"])
def test_a_time_of_this_machine_that_is_none_believes_nothing(now):
    with pytest.raises(Tampered, match="time"):
        verify_callback(request(), BODY, SECRET, now=now)


@pytest.mark.parametrize("tolerance", [float("nan"), -1])
def test_a_tolerance_that_is_none_is_a_wrong_use(tolerance):
    with pytest.raises(ValueError, match="tolerance"):
        verify_callback(request(), BODY, SECRET, now=NOW, tolerance=tolerance)


@pytest.mark.parametrize(
    "secrets", [None, SECRET.encode(), [SECRET.encode()], [None], f"{SECRET}\n", f"\ufeff{SECRET}", "whsec_\udcff"]
)
def test_a_secret_of_another_kind_is_a_wrong_use_and_is_not_repeated(secrets):
    with pytest.raises(ValueError, match="secret") as wrong:
        verify_callback(request(), BODY, secrets, now=NOW)
    assert SECRET[6:] not in str(wrong.value)


@pytest.mark.parametrize("field", ["created_at", "expires_at", "resolved_at"])
def test_a_time_without_a_zone_in_the_proposal_is_refused(field):
    said = json.dumps({**EVENT, "data": {**EVENT["data"], field: "2026-11-20T10:15:00"}}).encode()
    assert "in no time zone" in refused(request(said), said)
