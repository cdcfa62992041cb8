"""The real Claude Code, which the SDK brings along, with a scripted model on this machine behind it: no LLM, no network."""

import json
import os
import threading
import uuid
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import claude_agent_sdk

CLAUDE = Path(claude_agent_sdk.__file__).parent / "_bundled" / "claude"


class Model:
    """Answers the Messages API: the n-th turn of the script, then `Done.`; and keeps what it was told."""

    def __init__(self, *script):
        self.script = script
        self.url = ""
        self._began = None
        self.results = []
        """What it read of each tool call, as (is_error, text), in order."""

    def answer(self, asked):
        """The next message of the model."""
        messages = asked["messages"]
        spoken = sum(1 for message in messages if message["role"] == "assistant")
        if self._began is None:
            self._began = spoken  # a session that is resumed has spoken before
        turn = spoken - self._began
        blocks = self.script[turn] if asked.get("tools") and turn < len(self.script) else [saying("Done.")]
        self.results = [
            (block.get("is_error", False), text_of(block["content"]))
            for message in messages
            if message["role"] == "user" and isinstance(message["content"], list)
            for block in message["content"]
            if block["type"] == "tool_result"
        ]
        return {
            "id": f"msg_{uuid.uuid4().hex}",  # messages with one id are one message to Claude Code
            "type": "message",
            "role": "assistant",
            "model": asked["model"],
            "content": blocks,
            "stop_reason": "tool_use" if any(block["type"] == "tool_use" for block in blocks) else "end_turn",
            "stop_sequence": None,
            "usage": {"input_tokens": 1, "output_tokens": 1},
        }

    @contextmanager
    def serving(self):
        """At `url`, until left."""
        model = self

        class Door(BaseHTTPRequestHandler):
            def do_POST(self):
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if not self.path.startswith("/v1/messages?") and self.path != "/v1/messages":
                    self.send_error(404)
                    return
                message = model.answer(asked)
                kind = "text/event-stream" if asked.get("stream") else "application/json"
                body = streamed(message) if asked.get("stream") else json.dumps(message)
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body.encode())))
                self.end_headers()
                self.wfile.write(body.encode())

            def do_GET(self):
                self.send_error(404)

            def do_HEAD(self):
                self.send_error(404)

            def log_message(self, *_):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        server.daemon_threads = True
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        serving.start()
        self.url = f"http://127.0.0.1:{server.server_port}"
        try:
            yield self
        finally:
            server.shutdown()
            serving.join()
            server.server_close()

    def environment(self, home):
        """For Claude Code: a home of its own, and nobody to talk to but this model."""
        return {
            "HOME": str(home),
            "ANTHROPIC_BASE_URL": self.url,
            "ANTHROPIC_API_KEY": "scripted",
            "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
            "DISABLE_AUTOUPDATER": "1",
            "DISABLE_TELEMETRY": "1",
            "IS_SANDBOX": "1",  # root may use every permission mode
        }


def plain_environment():
    """This process's, without what would tell Claude Code or Signoff where they are."""
    own = ("ANTHROPIC", "CLAUDE", "SIGNOFF", "AWS", "GOOGLE")
    return {name: value for name, value in os.environ.items() if not name.startswith(own)}


def calling(tool, asked, call_id):
    """A block in which the model calls a tool."""
    return {"type": "tool_use", "id": call_id, "name": tool, "input": asked}


def saying(text):
    """A block in which it says something."""
    return {"type": "text", "text": text}


def text_of(content):
    """What a tool result says."""
    return content if isinstance(content, str) else " ".join(block.get("text", "") for block in content)


def streamed(message):
    """The message as the events of a stream."""
    events = [{"type": "message_start", "message": {**message, "content": [], "stop_reason": None}}]
    for index, block in enumerate(message["content"]):
        said = block["type"] == "text"
        empty = {**block, "text": ""} if said else {**block, "input": {}}
        delta = (
            {"type": "text_delta", "text": block["text"]}
            if said
            else {"type": "input_json_delta", "partial_json": json.dumps(block["input"])}
        )
        events += [
            {"type": "content_block_start", "index": index, "content_block": empty},
            {"type": "content_block_delta", "index": index, "delta": delta},
            {"type": "content_block_stop", "index": index},
        ]
    ending = {"stop_reason": message["stop_reason"], "stop_sequence": None}
    events += [{"type": "message_delta", "delta": ending, "usage": {"output_tokens": 1}}, {"type": "message_stop"}]
    return "".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in events)
