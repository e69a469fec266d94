"""A collector of traces: what OpenTelemetry's exporter sends it by OTLP over HTTP."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


class TraceCollector:
    """Listens on 127.0.0.1.

    Attributes:
        bodies: the requests, as they came.
    """

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.path == "/v1/traces":
                    collector.bodies.append(body)
                self.send_response(200)
                self.end_headers()

            def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002  (its name in the library)
                """Log nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def spans(self) -> list[Any]:
        """The spans that have come."""
        sent = [ExportTraceServiceRequest.FromString(body) for body in self.bodies]
        return [span for each in sent for rs in each.resource_spans for ss in rs.scope_spans for span in ss.spans]

    def waits_for(self, wanted: Callable[[Any], bool], seconds: float = 20) -> Any:
        """The first span that is wanted, once it comes."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if found := next(filter(wanted, self.spans()), None):
                return found
            time.sleep(0.1)
        raise AssertionError(f"only {sorted({each.name for each in self.spans()})} came")
