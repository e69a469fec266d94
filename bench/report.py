"""What was measured, in tables, and what of it is wrong."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from bench.figures import Spread, ratios
from bench.plots import PLOTS

#: Contenders in the order of the tables.
ORDER = ("stock", "lean", "ours", "plain", "commit")
#: The load at which the contenders are compared first of all.
USUAL = "8"
Results = dict[str, Any]


def problems(results: Results) -> list[str]:
    """What may not be, in sentences; empty if every reply was right and every "done" was committed."""
    found = []
    for each in _contenders(results):
        found += [f"{each['title']}: {error}" for error in each.get("errors", [])]
        if each.get("done_without_commit"):
            found.append(f"{each['title']}: {each['done_without_commit']} were told done without a commit")
    return found


def as_text(results: Results) -> str:
    """All tables, for the terminal."""
    return "\n\n".join([_how(results), *(f"{title}\n\n{table}" for title, table in _tables(results))])


def as_page(results: Results, plots: Path | None, page: Path) -> str:
    """All tables and plots, for the page.

    Args:
        results: what was measured.
        plots: the folder with the plots, if they were drawn.
        page: where the text goes; the plots are named from there.
    """
    parts = [_how(results)]
    for title, table in _tables(results):
        parts.append(f"### {title}\n\n{table}")
        drawn = [name for name, (heading, _) in PLOTS.items() if heading == title and plots]
        for name in drawn:
            assert plots is not None
            parts.append(f"![{title}]({os.path.relpath(plots / name, page.parent)})")
    return "\n\n".join(parts)


def goals(results: Results) -> list[tuple[str, str, str]]:
    """What the whole was built for: figure, value, goal; without what needs stock Rasa if that was not measured."""
    ours, plain, stock = (results["contenders"].get(name) for name in ("ours", "plain", "stock"))
    rows: list[tuple[str, str, str]] = []
    if stock:
        over = ratios(_usual(ours)["per_second"], _usual(stock)["per_second"])
        cpu = ratios(_usual(ours)["cpu_ms"], _usual(stock)["cpu_ms"])
        memory = sum(ours["memory_mb"].values()) / stock["memory_mb"]["engine"]
        start = ours["cold_start_seconds"]["median"] / stock["cold_start_seconds"]["median"]
        rows += [
            ("CPU a turn of all processes, against stock", _part(cpu.median), "≤ 1/11"),
            ("turns a second at 8 conversations, against stock", _times(over), "≥ 9 ×"),
            ("memory of all processes, against stock's engine alone", _part(memory), "≤ 1/4"),
            ("cold start to the first reply, against stock", _part(start), "≤ 1/12"),
            ("training, against stock", _part(ours["training_seconds"] / stock["training_seconds"]), "reported"),
            (
                "everything installed to run it, against stock",
                _part(ours["environment_mb"] / stock["environment_mb"]),
                "reported",
            ),
        ]
    thinking = next((name for name in ours["loads"] if "thinking" in name), None)
    if thinking and ours["loads"][thinking].get("turn_ms") and ours["loads"].get("1", {}).get("turn_ms"):
        slow = ours["loads"][thinking]["turn_ms"]["p99"] / ours["loads"]["1"]["turn_ms"]["p50"]
        rows.append((f"p99 at {thinking}, against p50 at 1", f"{slow:.1f} ×", "≤ 8 ×"))
    last = max(ours["positions_ms"], key=int, default=None)
    if last:
        grows = ours["positions_ms"][last]["against_first"]["median"]
        rows.append((f"turn {last}, against turn {min(ours['positions_ms'], key=int)}", f"{grows:.2f} ×", "≤ 1.05 ×"))
    against = ratios(_usual(ours)["cpu_ms"], _usual(plain)["cpu_ms"])
    wrong = sum(len(each.get("errors", [])) for each in _contenders(results))
    lied = sum(each.get("done_without_commit", 0) for each in _contenders(results))
    return [
        *rows,
        ("CPU a turn, against the plain state machine", _times(against), "reported"),
        ("wrong replies", str(wrong), "0"),
        ("“done” said without a commit", str(lied), "0"),
    ]


def _tables(results: Results) -> Iterable[tuple[str, str]]:
    yield "Against the goals", _table(("figure", "measured", "goal"), goals(results))
    yield "Turns a second, by conversations at the same time", _load_table(results, _per_second)
    yield "A turn, p50 / p95 / p99 in ms, by conversations at the same time", _load_table(results, _turn_ms)
    yield "CPU a turn in ms, by conversations at the same time", _load_table(results, _cpu_ms)
    yield f"CPU and memory of each process, at {USUAL} conversations", _process_table(results)
    yield "How long a turn takes, by how many came before it", _position_table(results)
    yield "Starting, training, installing", _once_table(results)
    yield "Where the CPU goes", _profile_tables(results)


def _how(results: Results) -> str:
    few = f"the first {results['examples']} examples of each intent, for {results['epochs']} epochs"
    missing = "" if "stock" in results["contenders"] else " **Stock and lean Rasa were left out (`--without-rasa`).**"
    return (
        f"Measured on {results['measured']} in {results['minutes']:.0f} minutes, size `{results['size']}`, on "
        f"{results['machine']}; the load generator runs on the same cores. {results['rounds']} rounds, in each of "
        f"which each contender has each load for {results['seconds_a_run']:g} s; ratios are taken within a round, and "
        f"their median is given with the least and the greatest. Stock and lean Rasa are trained on {few}, ours on "
        f"all.{missing}"
    )


def _load_table(results: Results, cell: Callable[[Results], str]) -> str:
    loads = list(results["contenders"]["ours"]["loads"])
    rows = []
    for each in _contenders(results):
        if "loads" in each:
            rows.append((each["title"], *(cell(each["loads"][load]) for load in loads)))
        elif "per_second" in each:
            rows.append((each["title"], cell(each), *("" for _ in loads[1:])))
    return _table(("", *loads), rows)


def _per_second(load: Results) -> str:
    return _spread(load.get("per_second"))


def _turn_ms(load: Results) -> str:
    return " / ".join(_number(load["turn_ms"][each]) for each in ("p50", "p95", "p99")) if "turn_ms" in load else "–"


def _cpu_ms(load: Results) -> str:
    return _spread(load.get("cpu_ms"))


def _process_table(results: Results) -> str:
    rows = []
    for each in _contenders(results):
        usual = _usual(each)
        for name, held in each.get("memory_mb", {}).items():
            cpu = usual["cpu_ms_by_process"][name] if usual else None
            rows.append((each["title"], name, _number(cpu), _number(held)))
        if usual:
            rows.append((each["title"], "load generator, for it", _number(usual["generator_cpu_ms"]), ""))
    return _table(("", "process, with its children", "CPU a turn, ms", "resident memory, MB"), rows)


def _position_table(results: Results) -> str:
    measured = [each for each in _contenders(results) if "positions_ms" in each]
    positions = sorted({int(position) for each in measured for position in each["positions_ms"]})
    rows = []
    for each in measured:
        found = {int(position): values for position, values in each["positions_ms"].items()}
        cells = [_number(found[position]["ms"]["median"]) if position in found else "–" for position in positions]
        last = found[max(found)]["against_first"]["median"] if len(found) > 1 else None
        rows.append((each["title"], *cells, f"{last:.2f} × at {max(found)}" if last else "–"))
    note = f"A dash: not reached in {results['longest_conversation_seconds']:g} s."
    return _table(("", *(f"turn {each}, ms" for each in positions), "growth"), rows) + f"\n\n{note}"


def _once_table(results: Results) -> str:
    rows = []
    for each in _contenders(results):
        if "cold_start_seconds" in each:
            rows.append(
                (
                    each["title"],
                    _number(each["cold_start_seconds"]["median"]),
                    _number(each["training_seconds"]),
                    _number(each["environment_mb"]),
                )
            )
    return _table(("", "cold start to the first reply, s", "training from nothing, s", "installed to run it, MB"), rows)


def _profile_tables(results: Results) -> str:
    profiles = results["contenders"]["profiles"]
    if isinstance(profiles, str):
        return profiles
    heads = [f"{results['contenders'][each['contender']]['title']}: {each['process']}" for each in profiles]
    areas = dict.fromkeys(area for each in profiles for area in each["areas"])
    by_area = _table(
        ("share of CPU by part", *heads),
        [(area, *(f"{100 * each['areas'].get(area, 0):.0f} %" for each in profiles)) for area in areas],
    )
    functions = [list(each["functions"].items()) for each in profiles]
    most = max((len(each) for each in functions), default=0)
    by_function = _table(
        ("most time of their own", *heads),
        [
            (
                str(rank + 1),
                *(f"`{each[rank][0]}` {100 * each[rank][1]:.0f} %" if rank < len(each) else "" for each in functions),
            )
            for rank in range(most)
        ],
    )
    return f"{by_area}\n\n{by_function}"


def _contenders(results: Results) -> list[Results]:
    return [results["contenders"][name] for name in ORDER if name in results["contenders"]]


def _usual(contender: Results) -> Results:
    """Figures at the usual load, or at the greatest that was measured."""
    loads = {name: load for name, load in contender.get("loads", {}).items() if "thinking" not in name}
    found: Results = loads.get(USUAL) or (list(loads.values())[-1] if loads else {})
    return found


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = list(head)
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _number(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 1 else f"{value:.2f}"


def _spread(values: list[float] | None) -> str:
    if not values:
        return "–"
    spread = Spread.of(values)
    if len(values) == 1:
        return _number(spread.median)
    return f"{_number(spread.median)} ({_number(spread.least)}–{_number(spread.greatest)})"


def _times(spread: Spread) -> str:
    return f"{spread.median:.1f} × ({spread.least:.1f}–{spread.greatest:.1f})"


def _part(ratio: float) -> str:
    return f"1/{1 / ratio:.1f}"
