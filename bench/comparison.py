"""Compares the contenders: all are up, and in each round each of them has each load, one after another.

What slows the machine down for a while so hits all alike, and a ratio is taken within a round.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.contenders.contender import Contender
from bench.contenders.ours import Ours
from bench.contenders.plain import PlainStateMachine
from bench.contenders.rasas import UnmodifiedRasa
from bench.figures import Spread, quantiles
from bench.load import Load, Mentors, Run, by_position, resident_bytes
from bench.profiles import profiles
from bench.reference import commits
from bench.sizes import CONVERSATIONS, Size


def contenders(folder: Path, size: Size, *, with_rasa: bool) -> list[Contender]:
    """All that are compared.

    Args:
        folder: where they may write.
        size: tells what unmodified Rasa is trained on.
        with_rasa: whether stock and lean Rasa are among them.
    """
    unmodified = [
        UnmodifiedRasa(folder / name, name, size.examples, size.epochs) for name in ("stock", "lean") if with_rasa
    ]
    return [*unmodified, Ours(folder / "ours"), PlainStateMachine(folder / "plain")]


async def compare(all_contenders: Sequence[Contender], size: Size) -> dict[str, Any]:
    """Train, start, load, look at and stop them; gives all figures by the contender's name."""
    found: dict[str, Any] = {each.name: {"title": each.title} for each in all_contenders}
    try:
        for each in all_contenders:
            _tell(f"training {each.name}")
            found[each.name]["training_seconds"] = each.train()
        cold = await _cold_starts(all_contenders, size.cold_starts)
        mentors = {each.name: Mentors(each, seed=1) for each in all_contenders}
        runs = await _rounds(all_contenders, mentors, size)
        positions = await _positions(all_contenders, size)
        for each in all_contenders:
            loads = runs[each.name]
            errors = [error for load in loads.values() for run in load for error in run.errors] + positions[each.name][
                1
            ]
            found[each.name] |= {
                "cold_start_seconds": asdict(Spread.of(cold[each.name])),
                "memory_mb": {name: held / 2**20 for name, held in resident_bytes(each).items()},
                "environment_mb": (taken / 2**20) if (taken := each.environment_bytes()) else None,
                "loads": {name: _summary(runs_) for name, runs_ in loads.items() if name},
                "positions_ms": positions[each.name][0],
                "done_without_commit": max(0, each.told_done - each.committed()),
                "registrations": each.told_done,
                "errors": errors,
            }
        found["commit"] = _commit_summary(runs.pop("commit")[""])
        found["profiles"] = await profiles(all_contenders, mentors, size.profile_seconds)
    except BaseException:
        _show_logs(all_contenders)
        raise
    finally:
        for each in all_contenders:
            each.stop()
    return found


async def _cold_starts(all_contenders: Sequence[Contender], number: int) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {each.name: [] for each in all_contenders}
    for left in range(number - 1, -1, -1):
        for each in all_contenders:
            _tell(f"starting {each.name}")
            found[each.name].append(await each.start())
            if left:
                each.stop()
    return found


async def _rounds(
    all_contenders: Sequence[Contender], mentors: dict[str, Mentors], size: Size
) -> dict[str, dict[str, list[Run]]]:
    """The runs by contender and load; under the load "" the one with which each begins, to be warm."""
    runs: dict[str, dict[str, list[Run]]] = {
        each.name: {"": [await mentors[each.name].register()], **{load.name: [] for load in size.loads}}
        for each in all_contenders
    }
    runs["commit"] = {"": []}
    for number in range(size.rounds):
        for load in size.loads:
            if load.conversations == CONVERSATIONS[-1] and number >= size.heavy_rounds:
                continue
            _tell(f"round {number + 1} of {size.rounds}, conversations: {load.name}")
            for each in (each for each in all_contenders if not load.only or each.name in load.only):
                runs[each.name][load.name].append(await mentors[each.name].run(load, _seconds(load, size)))
        runs["commit"][""].append(commits(size.seconds))
    return runs


def _seconds(load: Load, size: Size) -> float:
    return size.thinking_seconds if load.think else size.seconds


async def _positions(
    all_contenders: Sequence[Contender], size: Size
) -> dict[str, tuple[dict[int, dict[str, float]], list[str]]]:
    """Milliseconds by position, and the wrong replies, of each contender."""
    found: dict[str, list[dict[int, float]]] = {each.name: [] for each in all_contenders}
    errors: dict[str, list[str]] = {each.name: [] for each in all_contenders}
    for number in range(size.conversations):
        for each in all_contenders:
            _tell(f"long conversation {number + 1} of {size.conversations} with {each.name}")
            reached, wrong = await by_position(each, size.positions, size.window, size.longest)
            found[each.name].append(reached)
            errors[each.name] += wrong
    return {name: (_position_summary(several, size.positions), errors[name]) for name, several in found.items()}


def _position_summary(several: list[dict[int, float]], positions: tuple[int, ...]) -> dict[int, Any]:
    """Milliseconds at each position, and against the first one, conversation by conversation."""
    summary = {}
    for position in positions:
        reached = [each for each in several if position in each]
        if reached:
            summary[position] = {
                "ms": asdict(Spread.of([1000 * each[position] for each in reached])),
                "against_first": asdict(Spread.of([each[position] / each[positions[0]] for each in reached])),
            }
    return summary


def _summary(runs: list[Run]) -> dict[str, Any]:
    """One load's figures, of all its rounds."""
    good = [run for run in runs if run.turns]
    if not good:
        return {"rounds": 0}
    return {
        "rounds": len(good),
        "turns": sum(len(run.turns) for run in good),
        "per_second": [run.per_second for run in good],
        "turn_ms": quantiles([turn for run in good for turn in run.turns]),
        "turn_ms_by_round": [quantiles(run.turns) for run in good],
        "cpu_ms": [run.cpu_ms() for run in good],
        "cpu_ms_by_process": {name: Spread.of([run.cpu_ms(name) for run in good]).median for name in good[0].cpu},
        "generator_cpu_ms": Spread.of([1000 * run.generator_cpu / len(run.turns) for run in good]).median,
    }


def _commit_summary(runs: list[Run]) -> dict[str, Any]:
    return {
        "title": "bare durable commit",
        "per_second": [run.per_second for run in runs],
        "turn_ms": quantiles([turn for run in runs for turn in run.turns]),
        "cpu_ms": [run.cpu_ms() for run in runs],
    }


def _show_logs(all_contenders: Sequence[Contender]) -> None:
    """Whatever went wrong, what the processes said last."""
    for log in (
        log for each in all_contenders for log in sorted(each.folder.rglob("*.log")) if log.name != "train.log"
    ):
        text = log.read_text(errors="replace")[-2000:]
        if text.strip():
            sys.stderr.write(f"--- {log.parent.name}/{log.name}\n{text}\n")


def _tell(text: str) -> None:
    width = shutil.get_terminal_size().columns
    sys.stderr.write(f"{text[:width]}\n")
    sys.stderr.flush()
