"""What each change to Rasa's behaviour is worth: ours, and ours with one of them left out, in turns."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.contenders.ours import Ours, changes
from bench.figures import Spread
from bench.load import Load, Mentors, Run
from bench.sizes import Size

LOAD = Load(8)


async def ablate(folder: Path, size: Size) -> dict[str, Any]:
    """Figures by name of what is left out, "" for nothing.

    Args:
        folder: where the bots may write.
        size: what is left out, and how long each is measured.
    """
    left_out = _left_out(size)
    with ExitStack() as stack:
        bots = {}
        for name in ("", *left_out):
            bots[name] = Ours(folder / (name or "nothing"), without=name)
            stack.callback(bots[name].stop)
            sys.stderr.write(f"starting ours without {name or 'nothing'}\n")
            await bots[name].start()
        mentors = {name: Mentors(bot, seed=1) for name, bot in bots.items()}
        runs: dict[str, list[Run]] = {name: [] for name in bots}
        for number in range(size.ablation_rounds):
            sys.stderr.write(f"round {number + 1} of {size.ablation_rounds} of the ablation\n")
            for name, each in mentors.items():
                runs[name].append(await each.run(LOAD, size.ablation_seconds))
    return {
        "lines": [
            {
                "without": name,
                "engine_cpu_ms": asdict(Spread.of([run.cpu_ms("engine") for run in several])),
                "cpu_ms": asdict(Spread.of([run.cpu_ms() for run in several])),
                "per_second": asdict(Spread.of([run.per_second for run in several])),
            }
            for name, several in runs.items()
        ],
        "errors": [error for several in runs.values() for run in several for error in run.errors],
    }


def _left_out(size: Size) -> list[str]:
    known = changes()
    if size.left_out == "everything":
        return [*known["patches"], *known["parts"]]
    return known["patches"] if size.left_out == "patches" else known["patches"][:1]
