"""A page with the whole conversation in each language, as its owner reads it before mentors do."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from bot.channels.web.files import WIDGET, source_of
from bot.core.organisation import ORGANISATION
from bot.i18n.catalogue import Catalogue, catalogue, languages
from bot.messages.summary import wording_in
from bot.registration import form
from bot.registration.answers import option_labels
from bot.registration.form import Answer, Item

_STYLE = """
body { max-width: 46rem; margin: 2rem auto; padding: 0 1rem; font: 1rem/1.5 system-ui, sans-serif;
  color: var(--chat-text); background: var(--chat-surface); }
h3 { color: var(--chat-muted); font-weight: 500; font-size: 1rem; margin: 2.5rem 0 .5rem; }
p, blockquote { white-space: pre-line; margin: .5rem 0; padding: .6rem .9rem; border-radius: 1rem;
  background: var(--chat-bot); width: fit-content; }
blockquote { border-left: .25rem solid var(--chat-accent); border-radius: 0; }
small, dt { color: var(--chat-muted); }
li { display: inline-block; margin: .2rem .4rem .2rem 0; padding: .3rem .8rem; border-radius: 1rem;
  border: 1px solid var(--chat-accent); color: var(--chat-accent); }
ul { padding: 0; margin: .5rem 0; }
dd { margin: 0 0 .4rem; white-space: pre-line; }
"""
#: What a mentor may ask at any item; each names a sentence of the item.
_ASKED = ("why", "meaning", "sees", "kept", "example")


def preview_page() -> str:
    """The page, as HTML: everything that is said at each item, in each language."""
    parts = "".join(_language(catalogue(code), name) for code, name in languages().items())
    contents = " · ".join(f'<a href="#{code}">{escape(name)}</a>' for code, name in languages().items())
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{escape(ORGANISATION.name)}</title>"
        f"<style>{source_of(WIDGET / 'colours.css')}{_STYLE}</style><nav>{contents}</nav>{parts}</html>\n"
    )


def _language(sentences: Catalogue, name: str) -> str:
    items = "".join(_item(sentences, item) for item in (*form.ASKED, *form.PLACE))
    return f'<main id="{sentences.language}" lang="{sentences.language}"><h1>{escape(name)}</h1>{items}</main>'


def _item(sentences: Catalogue, item: Item) -> str:
    number, of = form.part(item) if item in form.ASKED else (1, 1)
    label = sentences.text(f"step-{item.step}", part=number, parts=of)
    place = sentences.text("progress", label=label, step=form.STEPS.index(item.step) + 1, of=len(form.STEPS))
    said = "".join(_said(sentences, item))
    return f"<h3>{escape(place)} <small>{escape(item.id)}</small></h3>{said}{_answers(sentences, item)}"


def _said(sentences: Catalogue, item: Item) -> Iterator[str]:
    """What the bot says as it asks, in order: notices, wording, question, example, buttons."""
    for notice in form.notices(item):
        yield f"<p>{escape(wording_in(sentences, notice))}</p>"
    if item.answer is Answer.YES_NO:
        yield f'<blockquote lang="en">{escape(item.wording)}</blockquote>'
        if sentences.has(f"wording-{item.id}"):
            yield f"<small>{escape(sentences.text('translation-label'))}</small>"
            yield f"<blockquote>{escape(sentences.text(f'wording-{item.id}'))}</blockquote>"
    yield f"<p>{escape(_question(sentences, item))}</p>"
    if sentences.has(f"question-{item.id}.example"):
        yield f"<small>{escape(sentences.text(f'question-{item.id}.example'))}</small>"
    buttons = [*option_labels(item, sentences).values()]
    if item.answer is Answer.YES_NO:
        buttons = [sentences.text("button-agree"), sentences.text("button-disagree")]
    if buttons:
        yield f"<ul>{''.join(f'<li>{escape(each)}</li>' for each in buttons)}</ul>"


def _question(sentences: Catalogue, item: Item) -> str:
    if item in form.CLAUSES:
        number = form.part(item)[0]
        return sentences.text("question-clause", number=number, turn="odd" if number % 2 else "even")
    return sentences.text(f"question-{item.id}", wording=wording_in(sentences, item))


def _answers(sentences: Catalogue, item: Item) -> str:
    """What the bot answers to questions about the item."""
    rows = ""
    for topic in _ASKED:
        own = f"{topic}-{item.id}"
        name = own if catalogue().has(own) else f"{topic}-consent"
        said = sentences.text(name, contact=ORGANISATION.contact)
        rows += f"<dt>{escape(sentences.text(f'choice-faq_{topic}'))}</dt><dd>{escape(said)}</dd>"
    return f"<dl>{rows}</dl>"
