/** The answers so far, in sections that open and close. Loaded when the bot shows answers. */

import { el } from "./text.js";

export const STRINGS = {
  empty: "Not given",
  show: "Show",
  hide: "Hide",
};

const LONG_VALUE = 120;

/**
 * @param {Array<object>} shown the sections of a message
 * @param {object} chat `strings` (in place of STRINGS), `picture(src)`, `button(button, name)`, `toggled()` (called when
 *   something was opened or closed)
 * @returns {HTMLElement[]}
 */
export const sections = (shown, { strings, picture, button, toggled }) => {
  const s = { ...STRINGS, ...strings };

  const fold = (kind, beginning, ...rest) => el("details", { class: kind, ontoggle: toggled },
    el("summary", { dir: "auto" }, el("span", { text: beginning }), el("span", { class: "unfold", text: s.show }), el("span", { class: "fold", text: s.hide })), ...rest);

  // The beginning of a long answer, and the whole of it for whoever opens it.
  const value = (text) => {
    const whole = el("div", { class: "value", dir: "auto", text });
    const letters = [...text];
    return letters.length > LONG_VALUE ? fold("long", `${letters.slice(0, LONG_VALUE - 50).join("").trimEnd()}…`, whole) : whole;
  };

  return shown.map(({ title, folded, rows }) => {
    const list = el("dl", {}, ...(rows ?? []).map((row) => el("div", { class: "row", tabindex: row.changed && "-1" },
      el("dt", { dir: "auto" }, row.label, row.changed && el("span", { class: "changed", text: row.changed })),
      el("dd", {},
        row.photo ? picture(row.photo) : value(row.value || s.empty),
        row.change && button(row.change, `${row.change.label}: ${row.label}`)))));
    return folded ? fold("section", folded, list)
      : el("div", { class: "section" }, title && el("h3", { text: title, dir: "auto" }), list);
  });
};
