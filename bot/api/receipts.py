"""Receipt endpoints: the public keys, and the signed record of a proposal, to prove what was approved."""

import json

from aiohttp import web

from bot.api.context import AGENT, API

KEPT = 300
"""Seconds for which the keys may be kept: a new key is published so much longer before it signs."""


async def jwks(request: web.Request) -> web.Response:
    """`GET /.well-known/jwks.json`: whoever wants to verify, without a token."""
    keys = request.app[API].issuer.signer.jwks()
    return web.json_response(
        keys, headers={"Cache-Control": f"public, max-age={KEPT}"}, content_type="application/jwk-set+json"
    )


async def receipt(request: web.Request) -> web.Response:
    """`GET …/receipt`: the whole record with its entries, sealed ones alone, signed."""
    api, proposal_id = request.app[API], request.match_info["id"]
    await api.lifecycle.caught_up(proposal_id, request[AGENT])
    proposal, entries = await api.store.with_entries(proposal_id)
    places = not (api.policy().samples or await api.store.samples.ever())
    made = api.issuer.receipt(proposal, entries, api.lifecycle.clock.now(), places=places)
    return web.json_response(text=json.dumps(made, ensure_ascii=False, allow_nan=False))
