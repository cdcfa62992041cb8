"""A collector of OpenTelemetry on this machine: takes OTLP over HTTP and decodes what it is sent, or misbehaves."""

import asyncio
from contextlib import asynccontextmanager

from aiohttp import web
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest, ExportLogsServiceResponse
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

from tests.patience import PATIENCE


class Collector:
    """What came, in order; `answer` is one of `take`, `away`, `rubbish`, `keep` (takes it and answers nobody)."""

    def __init__(self):
        self.url = ""
        self.answer = "take"
        self.records, self.spans, self.resources, self.headers, self.bodies = [], [], [], [], []
        self.refused = 0
        self._came = asyncio.Condition()
        self._release = asyncio.Event()

    async def logs(self, request):
        return await self._taken(request, ExportLogsServiceRequest, ExportLogsServiceResponse)

    async def traces(self, request):
        return await self._taken(request, ExportTraceServiceRequest, ExportTraceServiceResponse)

    async def _taken(self, request, kind, response):
        body = await request.read()
        answer = self.answer
        if answer in ("take", "keep"):
            sent = kind.FromString(body)
            self.bodies.append(body)
            self.headers.append(dict(request.headers))
            for group in getattr(sent, "resource_logs", None) or getattr(sent, "resource_spans", ()):
                self.resources.append(attributes(group.resource))
                for scope in getattr(group, "scope_logs", None) or getattr(group, "scope_spans", ()):
                    self.records.extend(getattr(scope, "log_records", ()))
                    self.spans.extend(getattr(scope, "spans", ()))
        else:
            self.refused += 1
        async with self._came:
            self._came.notify_all()
        if answer == "keep":
            await self._release.wait()
        if answer == "rubbish":
            return web.Response(status=400, body=b"\x00\xff<html>", content_type="text/html")
        if answer == "away":
            return web.Response(status=404, text="there is no collector here")
        return web.Response(body=response().SerializeToString(), content_type="application/x-protobuf")

    async def until(self, there):
        """Returns once that is so, looked at whenever something comes."""
        async with asyncio.timeout(PATIENCE), self._came:
            await self._came.wait_for(there)

    def release(self):
        """Answers those that are kept waiting."""
        self._release.set()

    def of(self, proposal_id):
        """The log records of a proposal, in order."""
        return [each for each in self.records if attributes(each).get("signoff.proposal.id") == proposal_id]

    def seqs(self):
        """The numbers of the entries that came, in the order in which they came."""
        return [attributes(each)["signoff.entry.seq"] for each in self.records]


def attributes(of):
    """As a dict."""
    return {each.key: getattr(each.value, each.value.WhichOneof("value")) for each in of.attributes}


@asynccontextmanager
async def collecting():
    """One that listens."""
    collector = Collector()
    app = web.Application()
    app.add_routes([web.post("/v1/logs", collector.logs), web.post("/v1/traces", collector.traces)])
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    collector.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield collector
    finally:
        collector.release()
        await runner.cleanup()
