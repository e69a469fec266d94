/** A calendar beside the text field, which understands a date as people write it. Loaded when the bot asks for a date. */

import { el } from "./text.js";

const EARLIEST = "1900-01-01";

/**
 * @param {HTMLElement} place the element that shows it
 * @param {object} strings the chat's texts
 * @param {(date: string) => void} send receives the date in ISO 8601
 */
export const offerCalendar = (place, strings, send) => {
  const now = new Date();
  const today = [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((n) => String(n).padStart(2, "0")).join("-");
  const field = el("input", { type: "date", id: "picked", min: EARLIEST, max: today, autocomplete: "bday", "data-testid": "date" });
  const use = el("button", {
    type: "button", class: "primary", text: strings.useDate,
    onclick: () => { if (field.value && field.reportValidity()) send(field.value); else field.focus(); },
  });
  place.replaceChildren(el("button", {
    type: "button", class: "choice", text: strings.pickDate, "data-testid": "pick-date",
    onclick: () => {
      place.replaceChildren(el("label", { for: "picked", text: strings.pickedDate }), field, use);
      field.focus();
    },
  }));
};
