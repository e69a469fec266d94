/** A calendar beside the text field, which understands a date as people write it. Loaded when the bot asks for a date. */

import { el } from "./text.js";

export const STRINGS = {
  pickDate: "Pick a date",
  pickedDate: "The date, from the calendar",
  useDate: "Use this date",
};

const EARLIEST = "1900-01-01";

/**
 * @param {HTMLElement} place the element that shows it
 * @param {object} strings texts in place of STRINGS
 * @param {(date: string) => void} send receives the date in ISO 8601
 */
export const offerCalendar = (place, strings, send) => {
  const s = { ...STRINGS, ...strings };
  const now = new Date();
  const today = [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((n) => String(n).padStart(2, "0")).join("-");
  const field = el("input", { type: "date", id: "picked", min: EARLIEST, max: today, autocomplete: "bday", "data-testid": "date" });
  const use = el("button", {
    type: "button", class: "primary", text: s.useDate,
    onclick: () => { if (field.value && field.reportValidity()) send(field.value); else field.focus(); },
  });
  place.replaceChildren(el("button", {
    type: "button", class: "choice", text: s.pickDate, "data-testid": "pick-date",
    onclick: () => {
      place.replaceChildren(el("label", { for: "picked", text: s.pickedDate }), field, use);
      field.focus();
    },
  }));
};
