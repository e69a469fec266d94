/** A calendar beside the text field, which understands a date as people write it. Loaded when a date is asked for. */

import { el } from "./text.js";

const EARLIEST = "1900-01-01";

/**
 * @param {HTMLElement} place where to show it
 * @param {object} strings the chat's words
 * @param {(date: string) => void} send takes the date in ISO 8601
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
