/**
 * The bubble in the corner, and the panel that it opens: beside the page on a computer, over all of it on a phone.
 * Loaded where the chat's mode is "launcher".
 */

const PHONE = matchMedia("(max-width: 600px)");

/**
 * @param {HTMLElement} host the chat; its attribute `open` is whether the panel is shown
 * @param {{panel: HTMLElement, head: HTMLElement, strings: object, el: Function, fill: Function, opened: () => void}} chat
 */
export const launch = (host, { panel, head, strings, el, fill, opened }) => {
  const root = host.shadowRoot;
  const css = el("link", { rel: "stylesheet", href: new URL("./launcher.css", import.meta.url).href });
  const unread = el("span", { class: "unread", hidden: true });
  const bubble = el("button", {
    type: "button", class: "launch", "aria-haspopup": "dialog", "aria-expanded": "false", "data-testid": "launch",
    onclick: () => (dialog.open ? dialog.close() : show()),
  }, el("span", { class: "vh", text: strings.open }), el("span", { class: "launch-mark", "aria-hidden": "true" }), unread);
  const close = el("button", {
    type: "button", class: "close", "aria-label": strings.close, "data-testid": "close", onclick: () => dialog.close(),
  }, el("span", { "aria-hidden": "true", text: "×" }));
  // A dialog of the browser's own: over a phone's whole screen it keeps the focus inside by itself.
  const dialog = el("dialog", { "aria-labelledby": "title" });
  let count = 0;

  const note = (number) => {
    count = number;
    unread.hidden = !number;
    unread.textContent = number ? fill(strings.unread, { n: number }) : "";
  };
  const show = () => {
    if (PHONE.matches) dialog.showModal(); else dialog.show();
    host.toggleAttribute("open", true);
    bubble.setAttribute("aria-expanded", "true");
    note(0);
    opened();
  };

  dialog.addEventListener("close", () => {
    host.toggleAttribute("open", false);
    bubble.setAttribute("aria-expanded", "false");
    bubble.focus();
  });
  // The browser closes only a modal dialog with this key.
  dialog.addEventListener("keydown", (e) => {
    if (e.key !== "Escape" || e.defaultPrevented) return;
    e.preventDefault();
    dialog.close();
  });
  host.addEventListener("news", (e) => { if (!dialog.open) note(count + e.detail); });

  head.append(close);
  dialog.append(panel);
  const styled = () => {
    root.append(dialog, bubble);
    if (host.hasAttribute("open")) show();
  };
  css.addEventListener("load", styled, { once: true });
  css.addEventListener("error", styled, { once: true });
  root.append(css);
};
