"""``python -m bench``: compares stock Rasa, lean Rasa, ours, a plain state machine and the bare commit.

It starts all of them, measures them in turns, checks every reply, and writes what it found as JSON and, if asked to,
into the page. 1 is returned if any reply was wrong, or a mentor was told "done" without a commit.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.comparison import compare, contenders
from bench.contenders.rasas import STOCK_PYTHON
from bench.page import write_figures
from bench.plots import draw
from bench.report import as_page, as_text, problems
from bench.sizes import SIZES, Size


def main() -> int:
    """Measure, or read what was measured; print, write."""
    arguments = _arguments()
    if arguments.rewrite:
        results = json.loads(arguments.results.read_text(encoding="utf-8"))
    else:
        results = asyncio.run(measure(SIZES[arguments.size], with_rasa=not arguments.without_rasa))
        arguments.results.parent.mkdir(parents=True, exist_ok=True)
        arguments.results.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
        results = json.loads(arguments.results.read_text(encoding="utf-8"))  # as --rewrite would see it
    print(as_text(results))
    if arguments.plots:
        draw(results, arguments.plots)
    if arguments.page:
        write_figures(arguments.page, "figures", as_page(results, arguments.plots, arguments.page))
    for problem, times in Counter(problems(results)).items():
        print(f"{times} × {problem}", file=sys.stderr)
    return 1 if problems(results) else 0


async def measure(size: Size, *, with_rasa: bool) -> dict[str, Any]:
    """Everything that the tables show.

    Args:
        size: how much is measured.
        with_rasa: whether stock and lean Rasa are compared with, too; they need 2.5 GB.
    """
    started = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        compared = await compare(contenders(Path(folder), size, with_rasa=with_rasa), size)
    return {
        "measured": datetime.now(UTC).strftime("%Y-%m-%d"),
        "machine": f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}",
        "size": size.name,
        "examples": size.examples,
        "epochs": size.epochs,
        "rounds": size.rounds,
        "seconds_a_run": size.seconds,
        "longest_conversation_seconds": size.longest,
        "minutes": (time.perf_counter() - started) / 60,
        "contenders": compared,
    }


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--size", choices=SIZES, default="full", help="how much is measured")
    parser.add_argument("--without-rasa", action="store_true", help="leave out stock and lean Rasa, which need 2.5 GB")
    parser.add_argument("--results", type=Path, default=Path("bench/results.json"), help="where the figures go")
    parser.add_argument("--rewrite", action="store_true", help="measure nothing, take the figures that are there")
    parser.add_argument("--page", type=Path, help="write the figures into this page of the documentation")
    parser.add_argument("--plots", type=Path, help="draw the figures into this folder")
    arguments = parser.parse_args()
    if not (arguments.without_rasa or arguments.rewrite or STOCK_PYTHON.exists()):
        parser.error("plain Rasa is not installed: `make bench` does that; or leave it out with --without-rasa")
    return arguments


if __name__ == "__main__":
    raise SystemExit(main())
