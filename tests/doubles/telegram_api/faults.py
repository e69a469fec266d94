"""Faults: a call that is refused, held, lost or done twice, when it is ordered or with a probability."""

import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tests.doubles.telegram_api.parameters import CANONICAL_NAMES
from tests.doubles.telegram_api.refusals import BLOCKED, CONFLICTING_POLL, ApiRefusalError


class FaultKind(StrEnum):
    """What goes wrong."""

    #: A refusal that was ordered with a status and a description of its own.
    REFUSED = "refused"
    #: 429 with ``retry_after``; nothing was done.
    FLOOD = "flood"
    #: 500; nothing was done.
    INTERNAL = "internal"
    #: 502; nothing was done.
    BAD_GATEWAY = "bad_gateway"
    #: 403 "bot was blocked by the user"; nothing was done.
    FORBIDDEN = "forbidden"
    #: It was done, and the answer is held back until the caller stops waiting.
    HELD = "held"
    #: It was done, and the connection is reset instead of an answer.
    LOST_ANSWER = "lost_answer"
    #: The connection is reset; nothing was done.
    RESET = "reset"
    #: An update the bot has taken is delivered once more.
    DUPLICATE = "duplicate"
    #: Updates are delivered in another order than they were made in.
    OUT_OF_ORDER = "out_of_order"


#: Faults of the delivery of updates, not of calls.
OF_UPDATES: Final = frozenset({FaultKind.DUPLICATE, FaultKind.OUT_OF_ORDER})
#: Name under which the delivery of updates is counted, by poll or by webhook.
UPDATES: Final = "updates"
_DESCRIPTIONS: Final = {
    400: "Bad Request: fault of the test",
    401: "Unauthorized",
    403: BLOCKED,
    404: "Not Found",
    409: CONFLICTING_POLL,
    500: "Internal Server Error",
    502: "Bad Gateway",
}
_STATUS: Final = {FaultKind.FLOOD: 429, FaultKind.INTERNAL: 500, FaultKind.BAD_GATEWAY: 502, FaultKind.FORBIDDEN: 403}


@dataclass(frozen=True)
class Fault:
    """A fault of one call.

    Attributes:
        kind: What goes wrong.
        refusal: The answer, where there is one.
        seconds: How long the answer is held.
    """

    kind: FaultKind
    refusal: ApiRefusalError | None = None
    seconds: float = 0


@dataclass(frozen=True)
class _Chance:
    fault: Fault
    probability: float
    methods: frozenset[str] | None


def refusal_of(status: int, retry_after: int | None = None, description: str | None = None) -> ApiRefusalError:
    """Return the refusal Telegram would give.

    Args:
        status: HTTP status of the answer.
        retry_after: Whole seconds to wait before the next try; 1 for status 429 where it is absent.
        description: Text of the answer; the usual one for the status by default.

    Raises:
        ValueError: When the seconds are none Telegram would give: whole ones, at least 1.
    """
    if status == 429 and retry_after is None:
        retry_after = 1
    if retry_after is not None and (not isinstance(retry_after, int) or retry_after < 1):
        raise ValueError("retry_after is in whole seconds, at least 1")
    usual = f"Too Many Requests: retry after {retry_after}" if status == 429 else f"Error {status}"
    hint = {"retry_after": retry_after} if retry_after else None
    return ApiRefusalError(status, description or _DESCRIPTIONS.get(status, usual), hint)


def canonical(method: str) -> str:
    """Return the name of a method as the Bot API page writes it.

    Raises:
        ValueError: When the double does not know the method.
    """
    if method.lower() not in CANONICAL_NAMES:
        raise ValueError(f"unknown method {method}")
    return CANONICAL_NAMES[method.lower()]


class Faults:
    """The ordered faults, the random ones, and a count of both.

    Every method draws from its own series of chances, so that a seed gives the same faults to the n-th call of a
    method whatever else is called meanwhile.

    Attributes:
        injected: How often (method, kind) was injected.
    """

    def __init__(self, seed: int) -> None:
        self.injected: Counter[tuple[str, FaultKind]] = Counter()
        self._seed = seed
        self._ordered: dict[str, list[Fault]] = {}
        self._chances: list[_Chance] = []
        self._dice: dict[str, random.Random] = {}

    def order(self, method: str, times: int, fault: Fault) -> None:
        """Let the next calls of a method have a fault."""
        self._ordered.setdefault(canonical(method), []).extend([fault] * times)

    def add_chance(self, kind: FaultKind, probability: float, seconds: float, methods: Iterable[str] | None) -> None:
        """Let calls have a fault with a probability; see ``TelegramDouble.disturbs``."""
        if not 0 <= probability <= 1:
            raise ValueError("a probability is between 0 and 1")
        if kind is FaultKind.REFUSED:
            raise ValueError("a refusal of one's own is ordered with fails()")
        if kind in OF_UPDATES and methods is not None:
            raise ValueError("updates are no method")
        refusal = None
        if kind in _STATUS:
            flood = kind is FaultKind.FLOOD
            refusal = refusal_of(_STATUS[kind], seconds if flood else None)  # type: ignore[arg-type]  # checked there
        names = None if methods is None else frozenset(canonical(name) for name in methods)
        self._chances.append(_Chance(Fault(kind, refusal, seconds), probability, names))

    def clear(self) -> None:
        """Forget all ordered and random faults."""
        self._ordered.clear()
        self._chances.clear()

    def take(self, method: str) -> Fault | None:
        """Return the fault of the next call of a method, if it has one."""
        waiting = self._ordered.get(method)
        fault = waiting.pop(0) if waiting else self._drawn(method)
        if fault:
            self.injected[method, fault.kind] += 1
        return fault

    def strikes(self, kind: FaultKind) -> bool:
        """Tell whether the delivery of updates has a fault this time."""
        dice = self._dice_of(f"{UPDATES} {kind}")
        struck = [chance for chance in self._chances if chance.fault.kind is kind]
        return any(dice.random() < chance.probability for chance in struck)

    def count(self, kind: FaultKind, times: int = 1) -> None:
        """Count faults of the delivery of updates."""
        self.injected[UPDATES, kind] += times

    def shuffled[Item](self, items: list[Item]) -> list[Item]:
        """Return the items in another order."""
        dice, order = self._dice_of(UPDATES), list(range(len(items)))
        while order == sorted(order) and len(order) > 1:
            dice.shuffle(order)
        return [items[place] for place in order]

    def _drawn(self, method: str) -> Fault | None:
        dice = self._dice_of(method)
        for chance in self._chances:
            of_method = chance.methods is None or method in chance.methods
            if chance.fault.kind not in OF_UPDATES and of_method and dice.random() < chance.probability:
                return chance.fault
        return None

    def _dice_of(self, name: str) -> random.Random:
        return self._dice.setdefault(name, random.Random(f"{self._seed} {name}"))
