"""``python -m bench``: starts a bot of its own, walks whole registrations and writes what it measured."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import shutil
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil

from bench.reference import commits_per_second
from bench.walk import walk
from bot.model import ENGINE_PYTHON, model_path, rasa
from bot.settings import load_settings
from tests.support.service import RunningBot


def main() -> int:
    """Measure, print, write; 1 if any reply was wrong."""
    arguments = _arguments()
    results = measure(arguments.registrations, arguments.concurrent)
    text = json.dumps(results, indent=2)
    arguments.results.parent.mkdir(parents=True, exist_ok=True)
    arguments.results.write_text(text + "\n")
    print(as_table(results))
    if arguments.page:
        arguments.page.write_text(page(results))
    for error in results["errors"]:
        print(f"wrong reply: {error}", file=sys.stderr)
    return 1 if results["errors"] else 0


def measure(registrations: int, concurrent: int) -> dict[str, Any]:
    """Everything that the table shows, by name."""
    training = train_anew()
    with tempfile.TemporaryDirectory() as folder:
        bot = RunningBot(Path(folder))
        started = time.perf_counter()
        bot.start()
        cold_start = time.perf_counter() - started
        assert bot.process is not None
        processes = {"service": psutil.Process(bot.process.pid), "engine": psutil.Process(bot.engine_pid())}
        try:
            alone, _ = asyncio.run(walk(bot.url, 1, 1))
            reference = commits_per_second()
            before = {name: _cpu(process) for name, process in processes.items()}
            timings, seconds = asyncio.run(walk(bot.url, registrations, concurrent))
            turns = len(timings.turns)
            cpu = {name: 1000 * (_cpu(process) - before[name]) / turns for name, process in processes.items()}
            memory = {name: process.memory_info().rss / 2**20 for name, process in processes.items()}
        finally:
            bot.stop()
    per_second = turns / seconds
    return {
        "measured": datetime.now(UTC).strftime("%Y-%m-%d"),
        "machine": f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}",
        "registrations": registrations,
        "concurrent": concurrent,
        "turns": turns,
        "turns_per_second": per_second,
        "commits_per_second": reference,
        "commits_per_turn_time": reference / per_second,
        "alone_ms": quantiles(alone.turns),
        "turn_ms": quantiles(timings.turns),
        "cpu_ms_per_turn": cpu,
        "memory_mb": memory,
        "cold_start_seconds": cold_start,
        "training_seconds": training,
        "engine_environment_mb": _size(ENGINE_PYTHON.parents[1]) / 2**20,
        "errors": alone.errors + timings.errors,
    }


def train_anew() -> float:
    """Seconds that training from nothing takes, Rasa's start included; the model in use is left alone."""
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        data = ["--data", "nlu", "stories", "--force", "--out", folder, "--fixed-model-name", "bench"]
        result = rasa(load_settings(), "train", *data, capture=True)
        seconds = time.perf_counter() - started
        trained = Path(folder) / "bench.tar.gz"
        assert result.returncode == 0, result.stdout
        if not model_path().exists():
            model_path().parent.mkdir(exist_ok=True)
            shutil.move(trained, model_path())
    return seconds


def quantiles(seconds: list[float]) -> dict[str, float]:
    """p50, p95 and p99 in milliseconds."""
    cuts = statistics.quantiles(seconds, n=100, method="inclusive")
    return {"p50": 1000 * cuts[49], "p95": 1000 * cuts[94], "p99": 1000 * cuts[98]}


def as_table(results: dict[str, Any]) -> str:
    """The figures as a Markdown table."""
    turn, alone = results["turn_ms"], results["alone_ms"]
    cpu, memory = results["cpu_ms_per_turn"], results["memory_mb"]
    rows = [
        ("turns a second", f"{results['turns_per_second']:.1f}"),
        ("a turn, p50 / p95 / p99", f"{turn['p50']:.0f} / {turn['p95']:.0f} / {turn['p99']:.0f} ms"),
        (
            "a turn with nobody else about, p50 / p95 / p99",
            f"{alone['p50']:.0f} / {alone['p95']:.0f} / {alone['p99']:.0f} ms",
        ),
        ("CPU a turn, service + engine", f"{cpu['service']:.0f} + {cpu['engine']:.0f} ms"),
        ("memory, service + engine", f"{memory['service']:.0f} + {memory['engine']:.0f} MB"),
        ("cold start until it can chat", f"{results['cold_start_seconds']:.1f} s"),
        ("training from nothing", f"{results['training_seconds']:.1f} s"),
        ("engine environment on disk", f"{results['engine_environment_mb']:.0f} MB"),
        ("reference: bare durable commits a second, same disk", f"{results['commits_per_second']:.0f}"),
        ("one turn costs the time of so many such commits", f"{results['commits_per_turn_time']:.0f}"),
        ("wrong replies", str(len(results["errors"]))),
    ]
    lines = [f"| {name} | {value} |" for name, value in rows]
    return "\n".join(["| figure | value |", "|---|---|", *lines])


def page(results: dict[str, Any]) -> str:
    """docs/performance.md."""
    return f"""# Performance

Written by `make figures` on {results["measured"]}, on a shared and noisy machine ({results["machine"]}): ratios
within a run count, single times do not. {results["registrations"]} whole registrations ({results["turns"]} turns,
one of them a photo each), {results["concurrent"]} at a time, through the web channel, on SQLite with full sync.
Every reply is checked; the load generator runs on the same cores.

{as_table(results)}

`make bench` prints the same table and writes `bench/results.json`.
"""


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--registrations", type=int, default=40)
    parser.add_argument("--concurrent", type=int, default=8)
    parser.add_argument("--results", type=Path, default=Path("bench/results.json"))
    parser.add_argument("--page", type=Path, help="write this page of the documentation, too")
    return parser.parse_args()


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file() and not file.is_symlink())


if __name__ == "__main__":
    raise SystemExit(main())
