"""Refusals, in the words of the Bot API."""

from typing import Any, Final

type JsonObject = dict[str, Any]
type Keyboard = list[list[JsonObject]]
BLOCKED: Final = "Forbidden: bot was blocked by the user"
DEACTIVATED: Final = "Forbidden: user is deactivated"
CONFLICTING_POLL: Final = (
    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
)
CONFLICTING_WEBHOOK: Final = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)
NOT_MODIFIED: Final = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current content "
    "and reply markup of the message"
)
QUERY_TOO_OLD: Final = "query is too old and response timeout expired or query ID is invalid"


class ApiRefusalError(Exception):
    """A call that the Bot API refuses.

    Attributes:
        status: HTTP status, the same as ``error_code`` in the answer.
        description: Text for the caller, with its leading class such as "Bad Request: ".
        parameters: The ``ResponseParameters`` object of the answer, or None.
    """

    def __init__(self, status: int, description: str, parameters: JsonObject | None = None) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.parameters = parameters

    def as_json(self) -> JsonObject:
        """Return the body of the answer (Bot API page, "Making requests")."""
        body: JsonObject = {"ok": False, "error_code": self.status, "description": self.description}
        if self.parameters is not None:
            body["parameters"] = self.parameters
        return body


def bad_request(reason: str) -> ApiRefusalError:
    """Return a refusal with status 400 and the given reason."""
    return ApiRefusalError(400, f"Bad Request: {reason}")
