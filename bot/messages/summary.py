"""The review: the answers by the form's sections, each with a button to change it."""

from __future__ import annotations

from typing import Any

from bot.i18n.catalogue import Catalogue
from bot.i18n.geography import country_name, region_name
from bot.messages.buttons import named_button
from bot.messages.incoming import Tap
from bot.registration.answers import REFUSED, option_labels
from bot.registration.form import Answer, Item
from bot.registration.registration import Registration


def wording_in(catalogue: Catalogue, item: Item) -> str:
    """An item's wording in the mentor's language; for consents it is not the binding one."""
    name = f"wording-{item.id}"
    return catalogue.text(name) if catalogue.has(name) else item.wording


class Summary:
    """Lists the answers of one mentor.

    Args:
        catalogue: the sentences in the mentor's language.
        current: the mentor's registration.
    """

    def __init__(self, catalogue: Catalogue, current: Registration) -> None:
        self._catalogue = catalogue
        self._current = current

    def sections(self) -> list[dict[str, Any]]:
        """A title and rows for each section of the form that has answers, and last what was agreed to.

        The rows of the last one have ``folded`` in place of a title: they are shown only to a mentor who asks for them.
        What was refused, and a consent that was just given anew, is among the other rows.
        """
        sections: dict[str, list[dict[str, Any]]] = {}
        agreed = []
        for item in filter(self._current.is_done, self._current.asked):
            if item in self._current.in_force and item.id != self._current.changed:
                agreed.append(self._row(item))
            else:
                sections.setdefault(item.section, []).append(self._row(item))
        shown = [{"title": self.heading(title), "rows": rows} for title, rows in sections.items()]
        if agreed:
            of = sum(item.answer is Answer.YES_NO for item in self._current.asked)
            counts = {"count": len(agreed), "of": of, "left": of - len(agreed)}
            folded = self._catalogue.text("value-agreed-to", **counts)
            shown.append({"folded": folded, "rows": agreed})
        return shown

    def heading(self, section: str) -> str:
        """The heading of a section of the form, in the mentor's language."""
        name = f"section-{section.casefold().replace(' ', '_')}"
        return self._catalogue.text(name) if self._catalogue.has(name) else section

    def _row(self, item: Item) -> dict[str, Any]:
        """An answer with its button to change it."""
        row = self._shown_row(item, self.value(item), self._current.answers.get(item.id, ""))
        if self._current.can_change(item):
            row["change"] = named_button(self._catalogue, "change", Tap("change_answer", item.id), "secondary")
        if item.id == self._current.changed:
            row["changed"] = self._catalogue.text("value-changed")
        return row

    def row(self, item: Item, stored: str) -> dict[str, Any]:
        """An answer to a question as channels show it, from its stored value."""
        return self._shown_row(item, self._shown(item, stored), stored)

    def _shown_row(self, item: Item, value: str, stored: str) -> dict[str, Any]:
        is_consent = item.answer is Answer.YES_NO
        label = wording_in(self._catalogue, item) if is_consent else self._catalogue.text(f"label-{item.id}")
        row: dict[str, Any] = {"label": label, "value": value}
        if item.answer is Answer.PHOTO:
            row["photo"] = stored
        return row

    def value(self, item: Item) -> str:
        """What was answered to an item, for people: never the date of birth."""
        if item.answer is Answer.YES_NO:
            refused = self._current.consents[item.id].decision == REFUSED
            return self._catalogue.text("value-refused" if refused else "value-agreed")
        return self._shown(item, self._current.answers[item.id])

    def _shown(self, item: Item, value: str) -> str:
        if item.answer in (Answer.PHOTO, Answer.DATE):
            return self._catalogue.text(f"value-{item.id}")
        if item.answer is Answer.COUNTRY:
            return country_name(value, self._catalogue.language)
        if item.answer is Answer.REGION:
            return region_name(value, self._catalogue.language)
        return option_labels(item, self._catalogue).get(value, value)
