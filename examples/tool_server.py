"""A tool that moves money, and does it only for a payload that people approved: it asks for a permit.

    POST /refunds    {"order": "A-1001", "amount": 250}    Signoff-Permit: <the permit of the claim>

It trusts the keys and the address of one Signoff, and one agent. Nothing the agent says about itself counts, and it
needs no connection to Signoff while it works:

    curl -s https://signoff.example.com/.well-known/jwks.json > jwks.json
    python tool_server.py --jwks jwks.json --issuer https://signoff.example.com --agent support-bot
"""

import argparse
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from signoff_client import SignoffError, Tampered, UsedPermits, verify_permit

ACTION = "refund.create"
MOST_BYTES = 256 * 1024


class Refunds(BaseHTTPRequestHandler):
    """One request: the permit is checked against the very bytes that came, and then they run."""

    server: "ToolServer"

    def do_POST(self) -> None:
        """Refunds once what the permit is for."""
        length = self.headers.get("Content-Length", "")
        if self.path != "/refunds" or not length.isdecimal() or int(length) > MOST_BYTES:
            return self.answer(404, "POST a refund of at most 256 KiB to /refunds.")
        try:
            payload = json.loads(self.rfile.read(int(length)), object_pairs_hook=once)
            permit = verify_permit(
                self.headers.get("Signoff-Permit", ""),
                payload=payload,
                action=ACTION,
                jwks=self.server.jwks,
                issuer=self.server.issuer,
                agent=self.server.agent,
                used_before=self.server.used,
            )
        except (ValueError, TypeError, RecursionError) as wrong:
            return self.answer(400, f"That is no refund: {wrong}.")
        except Tampered as refused:
            return self.answer(403, refused.message)
        except SignoffError as trouble:
            return self.answer(503, trouble.message)
        self.server.refund(permit.id, payload)
        return self.answer(200, f"Refunded, as approved in {permit.id}.")

    def answer(self, status: int, said: str) -> None:
        """JSON with one sentence."""
        body = json.dumps({"said": said}).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class ToolServer(ThreadingHTTPServer):
    """What the tool trusts, and where it keeps what it did."""

    def __init__(self, port: int, *, jwks: dict[str, object], issuer: str, agent: str, folder: Path) -> None:
        super().__init__(("127.0.0.1", port), Refunds)
        self.jwks, self.issuer, self.agent = jwks, issuer, agent
        self.used = UsedPermits(folder / "used.db")
        self.ledger = folder / "refunds.jsonl"

    def refund(self, proposal_id: str, payload: dict[str, object]) -> None:
        """Moves the money: here, a line in a file."""
        with self.ledger.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"proposal": proposal_id, **payload}) + "\n")


def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object whose names are each there once: what is checked must be what runs."""
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return dict(pairs)


def main() -> None:
    """Serves until it is stopped."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jwks", type=Path, required=True, help="the public keys of Signoff, in a file")
    parser.add_argument("--issuer", required=True, help="its SIGNOFF_URL")
    parser.add_argument("--agent", required=True, help="whose permits are taken")
    parser.add_argument("--folder", type=Path, default=Path(), help="where used permits and refunds are kept")
    parser.add_argument("--port", type=int, default=8095, help="0 takes a free one")
    given = parser.parse_args()
    jwks = json.loads(given.jwks.read_text(encoding="utf-8"))
    server = ToolServer(given.port, jwks=jwks, issuer=given.issuer, agent=given.agent, folder=given.folder)
    print(f"http://127.0.0.1:{server.server_port}/refunds", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
