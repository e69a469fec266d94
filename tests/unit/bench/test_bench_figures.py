"""The bench's arithmetic, and that a wrong reply or a false "done" fails the run."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import aiohttp
import psutil
import pytest

from bench import load, plots, report
from bench.contenders.contender import Contender, Conversation, WrongReplyError
from bench.figures import Spread, quantiles, ratios
from bench.load import Load, Mentors, by_position
from bench.profiles import OTHER, area_of, shares
from tests.support.service import ROOT


def test_quantiles_are_those_of_all_values_in_milliseconds() -> None:
    found = quantiles([number / 1000 for number in range(101)])
    assert found == {"p50": 50, "p95": 95, "p99": pytest.approx(99)}


def test_one_value_is_every_quantile() -> None:
    assert quantiles([0.25]) == {"p50": 250, "p95": 250, "p99": 250}


def test_a_ratio_is_taken_within_its_round() -> None:
    # The second round was slow for both, and the ratio does not know it.
    assert ratios([120, 12, 130], [10, 1, 10]) == Spread(12, 12, 13)


def test_rounds_that_do_not_match_have_no_ratio() -> None:
    with pytest.raises(ValueError, match="zip"):
        ratios([1, 2], [1])


class Clock:
    """A clock that only conversations move."""

    def __init__(self) -> None:
        self.now = 0.0

    def perf_counter(self) -> float:
        return self.now


class Scripted(Conversation):
    """Replies rightly to so many messages, then wrongly for ever; on ``clock`` message n takes n milliseconds."""

    def __init__(self, right: int, over_after: int, clock: Clock) -> None:
        self.right, self.over_after, self.clock, self.said = right, over_after, clock, 0

    async def answer(self, http: aiohttp.ClientSession) -> None:
        self.said += 1
        self.clock.now += self.said / 1000
        await asyncio.sleep(0)
        if self.said > self.right:
            raise WrongReplyError("the weather is fine")
        self.is_over = self.said == self.over_after

    async def ask_aside(self, http: aiohttp.ClientSession, number: int) -> None:
        await self.answer(http)


class Fake(Contender):
    name, title = "ours", "fake"

    def __init__(self, folder: Path, *, right: int = 10**9, over_after: int = 5, clock: Clock | None = None) -> None:
        super().__init__(folder)
        self.right, self.over_after, self.begun = right, over_after, 0
        self.clock = clock or Clock()

    def train(self) -> None: ...

    async def start(self) -> float:
        return 1.0

    def stop(self) -> None: ...

    def processes(self) -> dict[str, psutil.Process]:
        return {"service": psutil.Process()}

    async def begin(self, _http: aiohttp.ClientSession) -> Conversation:
        self.begun += 1
        return Scripted(self.right, self.over_after, self.clock)

    def committed(self) -> int:
        return 0

    def environment_bytes(self) -> None: ...


def test_conversations_go_on_from_run_to_run_and_new_ones_follow(tmp_path: Path) -> None:
    contender = Fake(tmp_path, over_after=7)
    mentors = Mentors(contender, seed=1)

    async def two_runs() -> list[load.Run]:
        return [await mentors.run(Load(2), 0.05), await mentors.run(Load(2), 0.05)]

    runs = asyncio.run(two_runs())
    turns = sum(len(run.turns) for run in runs)
    assert all(run.errors == [] for run in runs)
    # Each finished conversation was followed by another one only when there was more to say.
    assert turns // 7 <= contender.begun <= turns // 7 + 2


def test_a_wrong_reply_is_an_error_and_no_turn(tmp_path: Path) -> None:
    run = asyncio.run(Mentors(Fake(tmp_path, right=3), seed=1).run(Load(1), 60))
    assert run.errors[0] == "WrongReplyError: the weather is fine"
    assert len(run.errors) == load.TOO_MANY_ERRORS + 1
    assert len(run.turns) == 3 * len(run.errors)


def test_a_position_is_the_turn_with_that_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(load, "time", clock)
    contender = Fake(tmp_path, over_after=10**9, clock=clock)
    found, errors = asyncio.run(by_position(contender, (3, 10, 500), window=3, longest=0.2))
    assert errors == []
    # The median of the turns 3, 4 and 5 is the fourth; turn 500 does not come within 0.2 s.
    assert found == {3: pytest.approx(0.004), 10: pytest.approx(0.011)}


def test_mentors_who_think_send_less(tmp_path: Path) -> None:
    mentors = Mentors(Fake(tmp_path), seed=1)
    run = asyncio.run(mentors.run(Load(20, think=0.1), 0.5))
    assert 1 <= len(run.turns) <= 150  # 20 mentors for 0.5 s, one message each 0.1 s


def test_time_is_put_down_to_the_innermost_part() -> None:
    site = "/somewhere/site-packages"
    stack = [
        f"run ({site}/sanic/app.py:1)",
        f"predict ({site}/rasa/core/policies/rule_policy.py:2)",
        "dumps (/usr/lib/python3.10/json/__init__.py:3)",
    ]
    assert area_of(stack) == "policies"
    assert area_of([*stack, f"execute ({site}/sqlalchemy/engine.py:4)"]) == "tracker store and database"
    assert area_of([f"say ({ROOT}/bot/conversation/turns.py:5)"]) == "conversation"
    assert area_of([f"decide ({ROOT}/bot/dialogue/agent.py:5)"]) == "the rest of Rasa"
    assert area_of([f"read ({ROOT}/bot/dialogue/components/reader.py:5)"]) == "understanding"
    assert area_of([f"projection ({ROOT}/bot/dialogue/tracker.py:5)"]) == "trackers and events"
    assert area_of(["wait (/usr/lib/python3.10/threading.py:6)"]) == OTHER


def test_shares_are_of_all_samples() -> None:
    found = shares(
        [
            "a (/x/site-packages/sanic/app.py:1);b (/x/site-packages/rasa/nlu/c.py:2) 30",
            "a (/x/site-packages/sanic/app.py:1) 10",
        ]
    )
    assert found["areas"] == {"understanding": 0.75, "HTTP server": 0.25}
    assert found["functions"] == {"b (rasa/nlu/c.py)": 0.75, "a (sanic/app.py)": 0.25}


def a_load(per_second: float, cpu: float, process: str = "service") -> dict[str, Any]:
    return {
        "per_second": [per_second] * 3,
        "turn_ms": {"p50": 10.0, "p95": 20.0, "p99": 30.0},
        "cpu_ms": [cpu] * 3,
        "cpu_ms_by_process": {process: cpu},
        "generator_cpu_ms": 0.5,
    }


def a_contender(title: str, per_second: float, cpu: float, process: str) -> dict[str, Any]:
    return {
        "title": title,
        "training_seconds": cpu,
        "cold_start_seconds": {"median": cpu, "least": cpu, "greatest": cpu},
        "memory_mb": {process: cpu},
        "environment_mb": cpu,
        "loads": {name: a_load(per_second, cpu, process) for name in ("1", "8")},
        "positions_ms": {
            "5": {"ms": {"median": 10.0}, "against_first": {"median": 1.0}},
            "500": {"ms": {"median": 11.0}, "against_first": {"median": 1.1}},
        },
        "done_without_commit": 0,
        "errors": [],
    }


@pytest.fixture
def results() -> dict[str, Any]:
    profile = {"contender": "ours", "process": "service", "areas": {"policies": 1.0}, "functions": {"f (g.py)": 1.0}}
    return {
        **{"measured": "2026-01-01", "minutes": 1.0, "size": "tiny", "machine": "-", "rounds": 3, "seconds_a_run": 1},
        **{"examples": 1, "epochs": 1, "longest_conversation_seconds": 1},
        "contenders": {
            "stock": a_contender("stock", 10, 80, "engine"),
            "ours": a_contender("ours", 130, 8, "service"),
            "plain": a_contender("plain", 1000, 1, "service"),
            "commit": {"title": "commit", "per_second": [5000.0], "turn_ms": a_load(1, 1)["turn_ms"], "cpu_ms": [0.1]},
            "profiles": [profile],
        },
    }


def test_the_goals_compare_ours_with_stock_and_not_the_other_way_round(results: dict[str, Any]) -> None:
    values = {figure: value for figure, value, _ in report.goals(results)}
    assert values["turns a second at 8 conversations, against stock"] == "13.0 × (13.0–13.0)"
    assert values["CPU a turn of all processes, against stock"] == "1/10.0"
    assert values["memory of all processes, against stock's engine alone"] == "1/10.0"
    assert values["everything installed to run it, against stock"] == "1/10.0"
    assert values["CPU a turn, against the plain state machine"] == "8.0 × (8.0–8.0)"
    assert values["turn 500, against turn 5"] == "1.10 ×"


def test_what_is_left_out_is_said(results: dict[str, Any]) -> None:
    assert "left out" not in report.as_text(results)
    del results["contenders"]["stock"]
    assert "Stock and lean Rasa were left out" in report.as_text(results)
    assert not any("stock" in figure for figure, _, _ in report.goals(results))


@pytest.mark.parametrize(
    ("where", "what"),
    [
        (("contenders", "ours", "errors"), ["after full_name: 500"]),
        (("contenders", "stock", "done_without_commit"), 1),
    ],
)
def test_a_wrong_reply_or_a_false_done_fails_the_run(
    results: dict[str, Any], where: tuple[str, ...], what: Any
) -> None:
    assert report.problems(results) == []
    place = results
    for each in where[:-1]:
        place = place[each]
    place[where[-1]] = what
    assert len(report.problems(results)) == 1


@pytest.mark.slow
def test_plots_are_small_and_the_same_for_the_same_figures(results: dict[str, Any], tmp_path: Path) -> None:
    for folder in ("one", "two"):
        plots.draw(json.loads(json.dumps(results)), tmp_path / folder)
    for name in plots.PLOTS:
        drawn = (tmp_path / "one" / name).read_bytes()
        assert len(drawn) < 100_000
        assert drawn == (tmp_path / "two" / name).read_bytes()


def test_every_plot_stands_beside_a_table_of_the_page(results: dict[str, Any], tmp_path: Path) -> None:
    page = report.as_page(results, tmp_path / "plots", tmp_path / "page.md")
    assert all(f"](plots/{name})" in page for name in plots.PLOTS)
