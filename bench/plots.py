"""The figures as small drawings."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("svg")
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

Results = dict[str, Any]
#: Inches.
SIZE = (7.0, 3.6)
COLOURS = {"stock": "#c0392b", "lean": "#e08e0b", "ours": "#1f6fb2", "plain": "#5b8c5a", "commit": "#777777"}
#: The same bytes for the same figures: no date, no random ids, letters as text.
STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "bench",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
}


def draw(results: Results, folder: Path) -> None:
    """Draw everything there is into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, (_, draw_one) in PLOTS.items():
        with mpl.rc_context(STYLE):
            figure, axes = plt.subplots(figsize=SIZE, layout="constrained")
            draw_one(axes, results)
            figure.savefig(folder / name, metadata={"Date": None})
            plt.close(figure)


def _throughput(axes: Axes, results: Results) -> None:
    for name, loads in _closed_loads(results).items():
        axes.plot(list(loads), [_median(load["per_second"]) for load in loads.values()], "o-", **_style(results, name))
    _log_axes(axes, "conversations at the same time", "turns a second")


def _latency(axes: Axes, results: Results) -> None:
    for name, loads in _closed_loads(results).items():
        style = _style(results, name)
        middle, slow = ([load["turn_ms"][each] for load in loads.values()] for each in ("p50", "p99"))
        axes.plot(list(loads), middle, "o-", **style)
        axes.fill_between(list(loads), middle, slow, color=style["color"], alpha=0.15)
    _log_axes(axes, "conversations at the same time", "ms, p50; shaded up to p99")


def _growth(axes: Axes, results: Results) -> None:
    for name, each in results["contenders"].items():
        if isinstance(each, dict) and each.get("positions_ms"):
            found = {int(position): values["ms"]["median"] for position, values in each["positions_ms"].items()}
            axes.plot(list(found), list(found.values()), "o-", **_style(results, name))
    _log_axes(axes, "turn of one conversation", "ms")


def _profile(axes: Axes, results: Results) -> None:
    profiles = results["contenders"]["profiles"]
    if isinstance(profiles, str):
        axes.set_title(profiles)
        return
    areas = dict.fromkeys(area for each in profiles for area in each["areas"])
    names = [f"{each['contender']}: {each['process']}" for each in profiles]
    left = [0.0] * len(profiles)
    colours = plt.get_cmap("tab20")
    for number, area in enumerate(areas):
        shares = [100 * each["areas"].get(area, 0) for each in profiles]
        axes.barh(names, shares, left=left, color=colours(number % 20), label=area)
        left = [before + share for before, share in zip(left, shares, strict=True)]
    axes.set_xlabel("% of CPU")
    axes.figure.legend(loc="outside lower center", ncols=3, fontsize=7)


#: File name, with the title of the table that it goes with and what draws it.
PLOTS: dict[str, tuple[str, Callable[[Axes, Results], None]]] = {
    "throughput.svg": ("Turns a second, by conversations at the same time", _throughput),
    "latency.svg": ("A turn, p50 / p95 / p99 in ms, by conversations at the same time", _latency),
    "growth.svg": ("How long a turn takes, by how many came before it", _growth),
    "profile.svg": ("Where the CPU goes", _profile),
}


def _closed_loads(results: Results) -> dict[str, dict[int, Results]]:
    """Figures by contender and number of conversations, of those that do not think."""
    return {
        name: {int(load): values for load, values in each["loads"].items() if load.isdigit() and values.get("turn_ms")}
        for name, each in results["contenders"].items()
        if isinstance(each, dict) and "loads" in each
    }


def _style(results: Results, name: str) -> dict[str, Any]:
    return {"color": COLOURS[name], "label": results["contenders"][name]["title"].replace("`", "")}


def _log_axes(axes: Axes, below: str, beside: str) -> None:
    axes.set_xscale("log", base=2)
    axes.set_yscale("log")
    axes.xaxis.set_major_formatter("{x:g}")
    axes.yaxis.set_major_formatter("{x:g}")
    axes.set_xlabel(below)
    axes.set_ylabel(beside)
    axes.grid(visible=True, which="major", alpha=0.3)
    axes.legend(fontsize=8)


def _median(values: list[float]) -> float:
    return statistics.median(values)
