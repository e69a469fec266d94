"""``python -m bench.widget``: what the chat costs the browser, on a bot of its own and in the machine's Chromium.

Bytes are those of the answers' bodies as they came over the line, compressed, on a first visit. The time to the first
message runs from the navigation's start to the frame in which the greeting can be seen and answered; the page brings
it along, so it comes before the conversation is open, which is measured, too. The reference is a bare page of the same
service that only asks for a session, so that the service's own time is in both. Lighthouse is Google's, fetched by npx
in the version below.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, Response

from bench.page import write_figures
from bot.registration import form
from tests.support.answers import picture
from tests.support.browser import COMPUTER, PHONE, PROGRAMS, BrowserMentor, running_browser
from tests.support.service import RunningBot

LIGHTHOUSE = "lighthouse@12.8.2"
CATEGORIES = ["performance", "accessibility", "best-practices"]
#: Lighthouse may take this many seconds.
PATIENCE = 240

#: Notes when the first message of the bot is painted, and when its conversation is open.
WATCH = """
window.greeted = new Promise((resolve) => {
  const look = () => {
    const said = document.querySelector("mentor-chat")?.shadowRoot?.querySelector(".bot .bubble");
    requestAnimationFrame(said?.offsetHeight ? () => resolve(performance.now()) : look);
  };
  requestAnimationFrame(look);
});
window.opened = new Promise((resolve) => document.addEventListener("ready", () => resolve(performance.now()), true));
"""
#: A session and its greeting without any widget.
BARE = """
async () => {
  const answer = await fetch("/api/session",
    { method: "POST", headers: { "Content-Type": "application/json" }, body: "{}" });
  await answer.json();
  return performance.now();
}
"""


def main() -> int:
    """Measure, print, write; 1 if a request went to somebody else."""
    arguments = _arguments()
    with tempfile.TemporaryDirectory() as folder, RunningBot(Path(folder)) as bot, running_browser() as browser:
        found = {
            "first": first_visit(browser, bot.url),
            "later": later_parts(browser, bot.url),
            "opening": opening(browser, bot.url, arguments.opens),
        }
        if arguments.lighthouse:
            found["lighthouse"] = {
                form: lighthouse(f"{bot.url}/", form, Path(folder)) for form in ("mobile", "desktop")
            }
    table = as_table(found)
    print(table)
    if arguments.page:
        write_figures(arguments.page, "figures", table)
    strangers = found["first"]["strangers"]
    for address in strangers:
        print(f"asked for {address}")
    return 1 if strangers else 0


def first_visit(browser: Browser, url: str) -> dict[str, Any]:
    """Bytes of each file of the widget, of the page around it, and what was asked of others."""
    with _page(browser, COMPUTER) as page:
        answers = _answers_to(page)
        page.goto(f"{url}/")
        page.evaluate("() => window.greeted")
        page.wait_for_load_state("load")
        around = {
            path: _size(answer)
            for answer in answers
            if not (path := urlsplit(answer.url).path).startswith("/api/") and not _is_widget(answer)
        }
        strangers = [answer.url for answer in answers if not answer.url.startswith((f"{url}/", "data:", "blob:"))]
        return {"widget": _widget(answers), "page": around, "strangers": strangers}


def later_parts(browser: Browser, url: str) -> dict[str, int]:
    """Bytes of the widget's files once a photo was chosen, a date picked, the clauses and all answers were shown."""
    found: dict[str, int] = {}
    for question in (form.CLAUSES[0].id, "review"):
        with BrowserMentor(browser, url, PHONE) as mentor:
            answers = _answers_to(mentor.page)
            mentor.answers_until(question)
            mentor.page.wait_for_timeout(500)
            found |= _widget(answers)
    with BrowserMentor(browser, url, PHONE) as mentor:
        answers = _answers_to(mentor.page)
        mentor.answers_until("photo")
        mentor.chooses(picture())
        mentor.sends_what_was_chosen()
        mentor.page.get_by_test_id("pick-date").click()
        mentor.page.wait_for_timeout(500)
        return found | _widget(answers)


def opening(browser: Browser, url: str, opens: int) -> dict[str, float]:
    """Milliseconds to the first message, each in a new profile, by turns with the reference."""
    chat, opened, bare = [], [], []
    for _ in range(opens):
        with _page(browser, COMPUTER) as page:
            page.goto(f"{url}/healthz")
            bare.append(float(page.evaluate(BARE)))
        with _page(browser, COMPUTER) as page:
            page.goto(f"{url}/")
            chat.append(float(page.evaluate("() => window.greeted")))
            opened.append(float(page.evaluate("() => window.opened")))
    found = {"chat": chat, "opened": opened, "bare": bare}
    return {name: statistics.median(each) for name, each in found.items()} | {"slowest": max(chat)}


def lighthouse(url: str, form: str, folder: Path) -> dict[str, int]:
    """Lighthouse's scores of the page, out of 100; ``form`` is mobile or desktop.

    Raises:
        subprocess.CalledProcessError: it could not be fetched, or not run.
    """
    report = folder / f"lighthouse-{form}.json"
    program = next(filter(None, map(shutil.which, PROGRAMS)))
    command = ["npx", "--yes", LIGHTHOUSE, url, "--quiet", "--output=json", f"--output-path={report}"]
    command += [f"--only-categories={','.join(CATEGORIES)}", "--chrome-flags=--headless=new --no-sandbox"]
    command += ["--preset=desktop"] if form == "desktop" else []
    environment = os.environ | {"CHROME_PATH": str(program)}
    subprocess.run(command, check=True, env=environment, timeout=PATIENCE, stdout=subprocess.DEVNULL)
    scores = json.loads(report.read_text())["categories"]
    return {name: round(100 * scores[name]["score"]) for name in CATEGORIES}


def as_table(found: dict[str, Any]) -> str:
    """What was found, as a Markdown table."""
    first, opened = found["first"], found["opening"]
    names = ", ".join(sorted(Path(path).name for path in first["widget"]))
    later = ", ".join(
        f"{Path(path).name} {size / 1000:.1f}"
        for path, size in sorted(found["later"].items())
        if path not in first["widget"]
    )
    rows = {
        f"widget on a first visit, compressed ({names})": f"{sum(first['widget'].values()) / 1000:.1f} kB",
        "the page around it": f"{sum(first['page'].values()) / 1000:.1f} kB",
        "loaded when needed": f"{later} kB",
        "requests to others": len(first["strangers"]),
        "navigation to first message, median (slowest)": f"{opened['chat']:.0f} ms ({opened['slowest']:.0f} ms)",
        "navigation to an open conversation, median": f"{opened['opened']:.0f} ms",
        "reference: a bare page that asks for a session, median": f"{opened['bare']:.0f} ms",
        "first message / reference": f"{opened['chat'] / opened['bare']:.1f}",
    }
    for device, scores in found.get("lighthouse", {}).items():
        name = f"{LIGHTHOUSE.replace('@', ' ')}, {device}: {', '.join(CATEGORIES)}"
        rows[name] = ", ".join(map(str, scores.values()))
    return "\n".join(["| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows.items())])


@contextmanager
def _page(browser: Browser, device: dict[str, Any]) -> Iterator[Page]:
    context = browser.new_context(**device)
    context.add_init_script(WATCH)
    yield context.new_page()
    context.close()


def _answers_to(page: Page) -> list[Response]:
    """All that the page is answered from now on."""
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    return answers


def _is_widget(answer: Response) -> bool:
    path = urlsplit(answer.url).path
    return path.startswith("/widget/") and not path.startswith("/widget/demo")


def _widget(answers: list[Response]) -> dict[str, int]:
    return {urlsplit(answer.url).path: _size(answer) for answer in answers if _is_widget(answer)}


def _size(answer: Response) -> int:
    """Bytes of the body as it came over the line."""
    return answer.request.sizes()["responseBodySize"]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.widget", description=__doc__)
    parser.add_argument("--opens", type=int, default=20)
    parser.add_argument("--lighthouse", action="store_true")
    parser.add_argument("--page", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
