"""Spans of the service's work, for OpenTelemetry; without a tracer they cost nothing: https://opentelemetry.io/docs.

No span tells mentors apart: attributes are ids of turns, kinds of work and types of errors, never words or addresses.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opentelemetry.trace import Span, Tracer

#: An attribute: the id of the turn that a span is about.
TURN_ID = "turn.id"

_NOTHING: AbstractContextManager[Span | None] = nullcontext()


class _Tracing:
    """The tracer in use.

    Attributes:
        tracer: None if nothing is traced.
    """

    tracer: Tracer | None = None


_tracing = _Tracing()


def use(tracer: Tracer | None) -> None:
    """Trace with this tracer from now on; None ends it."""
    _tracing.tracer = tracer


def is_traced() -> bool:
    """Whether anything is traced."""
    return _tracing.tracer is not None


def span(name: str, **attributes: str | int) -> AbstractContextManager[Span | None]:
    """A span for what is done in a ``with`` block.

    Args:
        name: of the work.
        attributes: an underscore in a name stands for a dot.

    Returns:
        Gives the span, or None if nothing is traced.
    """
    if _tracing.tracer is None:
        return _NOTHING
    return _traced(_tracing.tracer, name, {key.replace("_", "."): value for key, value in attributes.items()})


def note(**attributes: str | int) -> None:
    """Add attributes to the span that is open here, as `span` takes them."""
    if _tracing.tracer is None:
        return
    from opentelemetry.trace import get_current_span

    for key, value in attributes.items():
        get_current_span().set_attribute(key.replace("_", "."), value)


@contextmanager
def _traced(tracer: Tracer, name: str, attributes: dict[str, str | int]) -> Iterator[Span]:
    from opentelemetry.trace import StatusCode

    # An exception's message could quote a mentor.
    with tracer.start_as_current_span(
        name, attributes=attributes, record_exception=False, set_status_on_exception=False
    ) as opened:
        try:
            yield opened
        except Exception as error:
            opened.set_status(StatusCode.ERROR)
            opened.set_attribute("error.type", type(error).__name__)
            raise
