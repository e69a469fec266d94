"""How much is measured: everything, the same with less of each, or just enough to test the code."""

from __future__ import annotations

from dataclasses import dataclass

from bench.load import Load

#: How many conversations at the same time.
CONVERSATIONS = (1, 8, 32, 128)
#: Seconds that a mentor thinks, on average.
THINKING = 2.0
#: The turns of one conversation that are compared.
POSITIONS = (5, 50, 200, 500)


@dataclass(frozen=True)
class Size:
    """How much is measured.

    Attributes:
        name: for the page.
        examples: of each intent that unmodified Rasa is trained on; ours always is on all.
        epochs: for which stock Rasa's networks are trained; 100 is the default.
        cold_starts: of each contender.
        loads: that each contender gets in each round.
        rounds: how many there are.
        heavy_rounds: how many of them have the loads of very many conversations.
        seconds: that a contender has a load in a round.
        thinking_seconds: the same where mentors think.
        positions: the turns of one conversation that are compared.
        window: how many turns from each position on give its median.
        conversations: so long ones of each contender.
        longest: seconds after which such a conversation ends, wherever it is.
        profile_seconds: for which each process is looked at.
    """

    name: str
    examples: int
    epochs: int
    cold_starts: int
    loads: tuple[Load, ...]
    rounds: int
    heavy_rounds: int
    seconds: float
    thinking_seconds: float
    positions: tuple[int, ...]
    window: int
    conversations: int
    longest: float
    profile_seconds: int


#: Who thinks does not wait for unmodified Rasa: more would come in than it can take, for as long as it is measured.
_THINKING = Load(CONVERSATIONS[-1], THINKING, only=("ours", "plain"))
_TINY = (Load(1), Load(4), Load(8, 0.2, only=_THINKING.only))

SIZES = {
    "full": Size(
        name="full",
        examples=12,
        epochs=100,
        cold_starts=1,
        loads=(*(Load(number) for number in CONVERSATIONS), _THINKING),
        rounds=3,
        heavy_rounds=1,
        seconds=6,
        thinking_seconds=20,
        positions=POSITIONS,
        window=10,
        conversations=1,
        longest=30,
        profile_seconds=8,
    ),
    "quick": Size(
        name="quick",
        examples=6,
        epochs=40,
        cold_starts=1,
        loads=(*(Load(number) for number in CONVERSATIONS), _THINKING),
        rounds=1,
        heavy_rounds=1,
        seconds=1,
        thinking_seconds=4,
        positions=POSITIONS,
        window=5,
        conversations=1,
        longest=6,
        profile_seconds=2,
    ),
    "tiny": Size(
        name="tiny",
        examples=6,
        epochs=40,
        cold_starts=1,
        loads=_TINY,
        rounds=2,
        heavy_rounds=1,
        seconds=0.3,
        thinking_seconds=0.5,
        positions=(5, 10),
        window=3,
        conversations=1,
        longest=5,
        profile_seconds=1,
    ),
}
