"""The description: whole, resolvable, and true to what is answered."""

import jsonschema_rs
import pytest

from bot.api.app import ROUTES
from bot.api.openapi import document
from bot.api.problems import PROBLEM_TYPES
from bot.api.requests import ClaimSent, OutcomeSent, ProposalSent, ReplySent, RollbackSent, WithdrawalSent, read_body
from bot.api.strict_json import Faulty
from tests.api.conftest import AUDITOR_TOKEN, TOKEN, body
from tests.api.test_schemas import LEAST, WRONG

DOCUMENT = document("1.2.3")
SENT = {
    model.__name__: model for model in (ProposalSent, ClaimSent, OutcomeSent, RollbackSent, ReplySent, WithdrawalSent)
}


def nodes(value):
    yield value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for member in inner:
        yield from nodes(member)


def found(reference):
    here = DOCUMENT
    for part in reference.removeprefix("#/").split("/"):
        here = here[part]
    return here


def validator(schema):
    return jsonschema_rs.Draft202012Validator({**schema, "components": DOCUMENT["components"]}, validate_formats=True)


def operations():
    return {
        (method.upper(), path): operation
        for path, methods in DOCUMENT["paths"].items()
        for method, operation in methods.items()
    }


async def test_the_served_document_is_openapi_3_1_of_this_version(endpoint):
    served = await endpoint.call("GET", "/openapi.json", token=None)
    assert served == DOCUMENT
    assert (served["openapi"], served["info"]["version"], served["info"]["title"]) == ("3.1.0", "1.2.3", "Signoff")


def test_every_route_is_described_and_nothing_else():
    assert set(operations()) == {(method, path) for method, path, _ in ROUTES}


async def test_the_application_has_these_routes_and_no_others(endpoint):
    routes = {(route.method, route.resource.canonical) for route in endpoint.server.app.router.routes()}
    assert {each for each in routes if each[0] != "HEAD"} == set(operations())
    assert {path for method, path in routes if method == "HEAD"} == {path for method, path in routes if method == "GET"}


def test_every_reference_leads_somewhere():
    references = [
        node["$ref"] for node in nodes(DOCUMENT) if isinstance(node, dict) and isinstance(node.get("$ref"), str)
    ]
    assert len(references) > 20
    for reference in references:
        assert found(reference)


def test_every_operation_has_a_name_of_its_own_a_summary_and_answers():
    described = list(operations().values())
    assert len({operation["operationId"] for operation in described}) == len(described)
    for operation in described:
        assert operation["summary"].endswith(".")
        assert operation["responses"]
        assert all(answer["description"] for answer in operation["responses"].values())


def test_every_parameter_of_a_path_is_described():
    for (_, path), operation in operations().items():
        named = {each["name"] for each in operation["parameters"] if each["in"] == "path"}
        assert named == {part[1:-1] for part in path.split("/") if part.startswith("{")}


def test_below_v1_a_token_is_asked_for_that_of_an_auditor_for_the_log_and_elsewhere_none():
    assert DOCUMENT["security"] == [{"agent": []}]
    assert set(DOCUMENT["components"]["securitySchemes"]) == {"agent", "auditor"}
    for (_, path), operation in operations().items():
        wanted = (
            [{"auditor": []}]
            if path.startswith(("/v1/audit", "/v1/insights"))
            else [{"agent": []}]
            if path.startswith("/v1/")
            else []
        )
        assert operation.get("security", DOCUMENT["security"]) == wanted
        assert ("401" in operation["responses"]) == path.startswith("/v1/")


def test_every_problem_is_an_example_and_fits_its_schema():
    problems = validator({"$ref": "#/components/schemas/ProblemBody"})
    assert set(DOCUMENT["components"]["examples"]) == set(PROBLEM_TYPES)
    for slug, example in DOCUMENT["components"]["examples"].items():
        assert example["value"]["type"].endswith(slug)
        problems.validate(example["value"])


def test_every_schema_is_a_schema_and_its_examples_fit():
    for name, schema in DOCUMENT["components"]["schemas"].items():
        jsonschema_rs.meta.validate(schema)
        for example in schema.get("examples", []):
            validator({"$ref": f"#/components/schemas/{name}"}).validate(example)


@pytest.mark.parametrize("name", SENT)
def test_an_example_of_a_body_is_taken(name):
    (example,) = DOCUMENT["components"]["schemas"][name]["examples"]
    assert read_body(SENT[name], example)


@pytest.mark.parametrize(("field", "value"), WRONG)
def test_what_is_refused_does_not_fit_the_described_body_either(field, value):
    with pytest.raises(Faulty):
        read_body(ProposalSent, LEAST | {field: value})
    if (field, value) == ("expires_in", 60.0):
        return  # to JSON Schema 60.0 is an integer
    assert not validator({"$ref": "#/components/schemas/ProposalSent"}).is_valid(LEAST | {field: value})


async def test_real_answers_are_as_described(endpoint):
    seen = set()

    async def check(method, path, template, sent, status, **more):
        answer = await endpoint.call(method, path, sent, expect=status, **more)
        described = operations()[method, template]["responses"][str(status)]["content"]
        schema = described[endpoint.headers["Content-Type"].split(";")[0]]
        validator(schema["schema"]).validate(answer)
        if status >= 300:
            assert answer["type"].rsplit(":", 1)[1] in schema["examples"]
        seen.add((template, status))
        return answer

    one, all_ = "/v1/proposals/{id}", "/v1/proposals"
    pending = await check("POST", all_, all_, body(context=[{"title": "t"}]), 201, headers={"Idempotency-Key": "k"})
    await check("POST", all_, all_, body(context=[{"title": "t"}]), 200, headers={"Idempotency-Key": "k"})
    await check("POST", all_, all_, body(), 422, headers={"Idempotency-Key": "k"})
    await check("POST", all_, all_, {}, 422)
    await check("POST", all_, all_, body(action="email.send"), 403)
    await check("POST", all_, all_, None, 400)
    await check("POST", all_, all_, "x" * 300_000, 413)
    await check("POST", all_, all_, body(), 401, token=None)
    here = f"/v1/proposals/{pending['id']}"
    await check("POST", f"{here}/claim", f"{one}/claim", {"digest": pending["digest"]}, 409)
    await endpoint.approve(pending)
    await check("GET", here, one, None, 200)
    await check("GET", f"{here}x", one, None, 404)
    await check("POST", f"{here}/claim", f"{one}/claim", {"digest": "x"}, 409)
    await check("POST", f"{here}/claim", f"{one}/claim", {"digest": pending["digest"]}, 200)
    await check("POST", f"{here}/claim", f"{one}/claim", {"digest": pending["digest"]}, 409)
    await check("POST", f"{here}/withdraw", f"{one}/withdraw", {"reason": "x"}, 409)
    await check("POST", f"{here}/outcome", f"{one}/outcome", {"status": "unknown", "detail": "?"}, 200)
    await check("POST", f"{here}/outcome", f"{one}/outcome", {"status": "succeeded"}, 200)
    await check("POST", f"{here}/outcome", f"{one}/outcome", {"status": "failed"}, 409)
    refused = await endpoint.propose()
    await endpoint.reject(refused, "Ask the customer first.")
    blocked = await endpoint.propose(action="db.drop")
    assert blocked["status"] == "rejected"
    watched = await endpoint.propose(action="mail.send", claim=True, rollback_plan="Send a correction.")
    there = f"/v1/proposals/{watched['id']}"
    await check("POST", f"{there}/rollback", f"{one}/rollback", {"status": "done"}, 409)
    await endpoint.object(watched, "Wrong address.")
    await check("GET", there, one, None, 200)
    await check("POST", f"{there}/rollback", f"{one}/rollback", {"status": "failed", "detail": "It is read."}, 200)
    await check("POST", f"{there}/rollback", f"{one}/rollback", {"status": "done"}, 409)
    other = await endpoint.propose()
    await check("POST", f"/v1/proposals/{other['id']}/withdraw", f"{one}/withdraw", {"reason": "x"}, 200)
    await check("GET", all_, all_, None, 200)
    for token, status in ((AUDITOR_TOKEN, 200), (TOKEN, 403), (None, 401)):
        await check("GET", "/v1/audit?limit=3", "/v1/audit", None, status, token=token)
        await check("GET", "/v1/insights?since=1d", "/v1/insights", None, status, token=token)
    await check("GET", "/v1/audit?after=1000", "/v1/audit", None, 422, token=AUDITOR_TOKEN)
    await check("GET", all_, all_, None, 403, token=AUDITOR_TOKEN)
    await check("GET", "/healthz", "/healthz", None, 200)
    await check("GET", "/readyz", "/readyz", None, 200)
    assert len(seen) > 14
