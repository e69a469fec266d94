/** Copying a link that goes on with the registration elsewhere, and its QR code. Loaded with a message that has one. */

import { el } from "./text.js";

export const STRINGS = {
  copy: "Copy the link",
  copied: "The link is copied.",
  byHand: "The link",
  code: "Show as a QR code",
  codeAlt: "QR code of the link. Point the camera of your other device at it.",
};

/**
 * @param {{url: string, code: string}} link the link, and the address of a picture of its QR code
 * @param {{strings?: object, shown: () => void}} chat texts in place of STRINGS; `shown` is called when there is more to see
 * @returns {HTMLElement}
 */
export const waysToCopy = ({ url, code }, { strings, shown }) => {
  const s = { ...STRINGS, ...strings };
  const note = el("p", { role: "status", dir: "auto" });
  const button = (name, onclick) => el("button", { type: "button", text: s[name], dir: "auto", "data-testid": name, onclick });
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(url);
      note.textContent = s.copied;
    } catch {
      // Not allowed to this page, or no https: the link is there to be copied by hand.
      const field = el("input", { class: "link", readonly: true, "aria-label": s.byHand });
      field.value = url;
      note.replaceChildren(field);
      field.select();
    }
    shown();
  };
  const show = ({ currentTarget }) => {
    const picture = el("img", { class: "code", alt: s.codeAlt, src: code, tabindex: "-1", "data-testid": "code", onload: shown });
    currentTarget.replaceWith(picture);
    picture.focus({ preventScroll: true });
  };
  return el("div", {}, el("div", { class: "buttons" }, button("copy", copy), button("code", show)), note);
};
