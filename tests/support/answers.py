"""A whole set of answers, and pictures to send."""

from __future__ import annotations

import io
import re
import uuid
from datetime import date

from PIL import Image, ImageDraw

from bot.registration import form

TEXTS = {
    "full_name": "María-José O’Connor",
    "email": "maria@example.org",
    "reasons": "I was out of work once, and no one said “stop”. Someone helped me. I would like to do the same.",
    "experience": "I trained four new colleagues at a bakery from 3 May 2015 on.",
    "expertise": "Book-keeping, job interviews, starting a small shop",
    "date_of_birth": "3rd of May 1985",
}
#: Questions that were added to the form.
TEXTS |= {
    str(item.id): item.options[0][1] if item.options else "I would say a few words about that."
    for item in form.ASKED
    if item.kind is form.Kind.QUESTION and item.id not in (*TEXTS, form.ACCOUNT, form.PHOTO)
}
#: When they say that they were born.
BORN = date(1985, 5, 3)


#: The questions for a new mentor, in order, if nothing goes wrong.
QUESTIONS = ["start", *(str(item.id) for item in form.ASKED), "review"]
QUESTIONS.insert(QUESTIONS.index("email") + 1, "email_code")


def new_email(name: str = "maria") -> str:
    """A unique address that begins with this name."""
    return f"{name}.{uuid.uuid4().hex[:12]}@example.org"


def code_in(text: str) -> str:
    """The code in an e-mail."""
    found = re.search(r"\b\d{6}\b", text)
    assert found, f"no code in {text!r}"
    return found[0]


def reply_to(question: str) -> str:
    """A willing mentor's reply to a question for text."""
    if question in TEXTS:
        return TEXTS[question]
    return {"start": "yes", "account": "I need to register", "review": "submit"}.get(question, "I agree")


def picture(width: int = 640, height: int = 480, kind: str = "JPEG", **save: object) -> bytes:
    """A small picture of a face, made here."""
    image = Image.new("RGB", (width, height), (120, 170, 210))
    draw = ImageDraw.Draw(image)
    left, top, side = width // 2 - height // 4, height // 4, height // 2
    draw.ellipse((left, top, left + side, top + side), fill=(240, 205, 170))
    for eye in (0.35, 0.65):
        x, y = left + side * eye, top + side * 0.4
        draw.ellipse((x - side / 20, y - side / 20, x + side / 20, y + side / 20), fill=(40, 40, 40))
    draw.arc(
        (left + side * 0.3, top + side * 0.4, left + side * 0.7, top + side * 0.75),
        20,
        160,
        fill=(160, 60, 60),
        width=4,
    )
    buffer = io.BytesIO()
    image.save(buffer, kind, **save)
    return buffer.getvalue()


CONSENT_IDS = [item.id for item in form.CONSENTS]
