"""``python -m bench.trust``: hostile pictures, hostile texts and tampered ledgers in numbers, for docs/security.md."""

from __future__ import annotations

import argparse
import io
import json
import random
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pillow_heif
from PIL import Image

from bot.media.images import RefusedPhotoError, render_photo
from bot.media.photo_check import check_photo
from bot.storage import Store
from tests.support.answers import QUESTIONS
from tests.support.ledger import LEDGER, TAMPERING, filled, tamper, without_guards
from tests.support.service import RunningBot
from tests.support.web import WebMentor

pillow_heif.register_heif_opener()

BEGINS = "<!-- figures: written by `make figures` -->"
#: One in so many pictures also goes through the process of its own, as in the bot.
ONE_IN = 20
#: Texts that one mentor sends at one question before another comes.
TEXTS_A_MENTOR = 60
RECORDS = 40
NOT_ON = "conversations that did not go on"
CANARY = b"canary-in-the-metadata"
#: Pieces of which hostile texts are made.
PIECES = (
    *("' OR 1=1 --", '"; DROP TABLE answers; --', "<script>alert(1)</script>", "<img src=x onerror=alert(1)>"),
    *("{{7*7}}", "${7*7}", "%s%n%x", "../../etc/passwd", "\x00", "\x1b[2J", "\u202e", "\u200b", "🙂" * 40, "é" * 200),
    *("a" * 3_000, "/restart", '/affirm{"question": "review"}', "/session_start", "back", "yes", "no", "1985-05-03"),
    *("\ud83d", "﷽", "\r\n\r\n", "[]", "{}", "null", "NaN", "-1", "0x7f", "javascript:alert(1)", "\\", "&amp;", "…"),
    *("=cmd|' /C calc'!A0", "?", "   ", "नमस्ते", "مرحبا", "你好"),
)


def pictures(number: int, chance: random.Random) -> dict[str, Any]:
    """Put damaged and hostile pictures through the check."""
    bases = _pictures()
    found: dict[str, Any] = {"pictures": number, "accepted": 0, "other failures": 0, "with metadata": 0}
    found |= {"in their own process": 0, "ended processes": 0, "slowest, s": 0.0, "most memory, MB": 0}
    for index in range(number):
        data = _damaged(chance.choice(bases), chance)
        try:
            rendered = render_photo(data)
        except RefusedPhotoError:
            rendered = None
        except Exception as error:  # noqa: BLE001  (what a photo must never raise is what is looked for)
            print(f"picture {index}: {type(error).__name__}", file=sys.stderr)
            found["other failures"] += 1
            continue
        if rendered is not None:
            found["accepted"] += 1
            found["with metadata"] += any(CANARY in each for each in (rendered.full, rendered.square))
        if index % ONE_IN == 0:
            checked = check_photo(data)
            found["in their own process"] += 1
            found["ended processes"] += not checked.peak_bytes
            found["slowest, s"] = max(found["slowest, s"], round(checked.seconds, 2))
            found["most memory, MB"] = max(found["most memory, MB"], checked.peak_bytes >> 20)
    return found


def _pictures() -> list[bytes]:
    image = Image.effect_mandelbrot((320, 260), (-2, -1.2, 1, 1.2), 60).convert("RGB")
    exif = Image.Exif()
    exif[0x010E] = CANARY.decode()
    made: list[bytes] = []
    for kind, mode, options in (
        ("JPEG", "RGB", {"comment": CANARY}),
        ("JPEG", "CMYK", {"progressive": True}),
        ("JPEG", "L", {}),
        ("PNG", "RGBA", {}),
        ("PNG", "P", {}),
        ("PNG", "I;16", {}),
        ("WEBP", "RGB", {"icc_profile": CANARY}),
        ("WEBP", "RGBA", {"lossless": True}),
        ("HEIF", "RGB", {}),
    ):
        picture = Image.new("I;16", image.size, 999) if mode == "I;16" else image.convert(mode)
        buffer = io.BytesIO()
        picture.save(buffer, kind, exif=exif.tobytes(), **options)
        made.append(buffer.getvalue())
    return made


def _damaged(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    kind = chance.randrange(5)
    if kind == 0:
        return bytes(changed[: chance.randrange(len(changed))])
    if kind == 1:
        return bytes(changed) + chance.randbytes(chance.randrange(2_000))
    reach = len(changed) if kind == 2 else min(600, len(changed))  # headers more often than pixels
    for _ in range(chance.randrange(1, 30)):
        changed[chance.randrange(reach)] = chance.choice((0, 0xFF, chance.randrange(256)))
    if kind == 4:
        at = chance.randrange(reach)
        changed[at:at] = chance.randbytes(chance.randrange(1, 64))
    return bytes(changed)


def texts(number: int, chance: random.Random) -> dict[str, Any]:
    """Send that many hostile texts, or a few more, at a running bot's questions, from several mentors at once."""
    questions = QUESTIONS
    jobs = [questions[index % len(questions)] for index in range(-(-number // TEXTS_A_MENTOR))]
    with tempfile.TemporaryDirectory() as folder, RunningBot(Path(folder)) as bot, ThreadPoolExecutor(4) as pool:
        seeds = [chance.random() for _ in jobs]
        each = -(-number // len(jobs))
        rows = list(pool.map(lambda job: _send(bot.url, *job, each), zip(jobs, seeds, strict=True)))
    names = ("texts", "answers of 5xx", NOT_ON)
    return {name: sum(row[name] for row in rows) for name in names} | {"questions": len(set(jobs))}


def _send(url: str, question: str, seed: float, number: int) -> dict[str, int]:
    chance = random.Random(seed)
    found = {"texts": 0, "answers of 5xx": 0, NOT_ON: 0}
    with WebMentor(url) as mentor:
        mentor.http.timeout = httpx.Timeout(60)
        mentor.opens()
        if question != "start":
            mentor.answers_until(question)
        for _ in range(number):
            said = "".join(chance.choice(PIECES) for _ in range(chance.randrange(1, 4)))
            body = json.dumps({"id": f"{chance.getrandbits(60)}", "after": mentor.cursor, "text": said})
            answer = mentor.http.post("/api/messages", content=body, headers={"Content-Type": "application/json"})
            found["texts"] += 1
            found["answers of 5xx"] += answer.status_code >= 500
        try:
            mentor.looks()
            mentor.says("no")  # should the last text have asked to delete everything
            mentor.says("repeat")
            goes_on = bool(mentor.question) and not mentor.pending
        except (AssertionError, httpx.HTTPError):
            goes_on = False
        found[NOT_ON] += not goes_on
    return found


def ledgers(number: int, chance: random.Random) -> dict[str, Any]:
    """Tamper with one random record of a ledger after another, and count what is found and named."""
    found: dict[str, Any] = {"tampered ledgers": 0, "found": 0, "first bad record named": 0}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.db"
        store = Store(f"sqlite:///{path}")
        store.upgrade()
        head = filled(store, RECORDS)
        without_guards(store)
        store.checkpoint()
        store.dispose()
        whole = path.read_bytes()
        for index in range(number):
            path.write_bytes(whole)
            store = Store(f"sqlite:///{path}")
            one, other = chance.sample(range(1, RECORDS + 1), 2)
            bad = tamper(store, sorted(TAMPERING)[index % len(TAMPERING)], one, other)
            with store.read() as session:
                verdict = LEDGER.verify(session, [head])
            store.checkpoint()
            store.dispose()
            found["tampered ledgers"] += 1
            found["found"] += bool(verdict.problem)
            found["first bad record named"] += verdict.position == bad
    return found


def main() -> int:
    """Measure and print; with ``--page``, write the figures into a page after its mark; 1 if a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=14_000)
    parser.add_argument("--texts", type=int, default=7_000)
    parser.add_argument("--ledgers", type=int, default=500)
    parser.add_argument("--page", type=Path)
    arguments = parser.parse_args()
    chance = random.Random(20261123)
    started = time.monotonic()
    results = {
        **pictures(arguments.pictures, chance),
        **texts(arguments.texts, chance),
        **ledgers(arguments.ledgers, chance),
    }
    results["minutes"] = round((time.monotonic() - started) / 60, 1)
    table = "\n".join(["| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in results.items())])
    print(table)
    if arguments.page:
        before = arguments.page.read_text(encoding="utf-8").split(BEGINS)[0].rstrip()
        arguments.page.write_text(f"{before}\n\n{BEGINS}\n\n## Figures\n\n{table}\n", encoding="utf-8")
    broken = (
        "other failures",
        "with metadata",
        "ended processes",
        "answers of 5xx",
        NOT_ON,
    )
    missed = results["tampered ledgers"] - min(results["found"], results["first bad record named"])
    return 1 if missed or any(results[name] for name in broken) else 0


if __name__ == "__main__":
    sys.exit(main())
