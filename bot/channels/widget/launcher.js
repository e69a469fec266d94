/** The bubble in a corner of the page that opens the chat, and the window it opens. Loaded in mode "launcher". */

import { el, fill } from "./text.js";

export class Launcher {
  #host;
  #words;
  #opened;
  #phone = matchMedia("(max-width: 600px)");
  #bubble = el("button", {
    type: "button", class: "launcher", "aria-haspopup": "dialog", "data-testid": "launcher",
    onclick: () => this.#host.toggleAttribute("open"),
  });
  #window = el("dialog", {
    class: "window", "aria-labelledby": "title",
    // Only a modal dialog closes at Escape by itself.
    onkeydown: (e) => { if (e.key === "Escape" && !e.isComposing && !e.defaultPrevented) { e.preventDefault(); this.#host.removeAttribute("open"); } },
    onclose: () => this.#closed(),
  });

  /**
   * @param {HTMLElement} host the chat
   * @param {{words: () => object, opened: () => void}} chat its texts, and its callback for becoming visible
   */
  constructor(host, { words, opened }) {
    this.#host = host;
    this.#words = words;
    this.#opened = opened;
    // Shown once styled; what was opened meanwhile can be focused only then.
    const show = () => {
      this.#window.hidden = this.#bubble.hidden = false;
      if (this.#window.open) opened();
    };
    this.#window.hidden = this.#bubble.hidden = true;
    const href = new URL("./launcher.css", import.meta.url).href;
    host.shadowRoot.append(el("link", { rel: "stylesheet", href, onload: show, onerror: show }), this.#window, this.#bubble);
    // After a turn to landscape, or in a wider window, it is no longer modal.
    this.#phone.addEventListener("change", () => {
      if (!this.#window.open) return;
      this.#window.close();
      this.#host.setAttribute("open", "");
    });
  }

  /** Put the chat into the window; called again when its texts have changed. */
  hold(panel) {
    const s = this.#words();
    panel.querySelector(".head").append(el("button", {
      type: "button", class: "close", "aria-label": s.closeChat, "data-testid": "close", text: "×",
      onclick: () => this.#host.removeAttribute("open"),
    }));
    this.#window.replaceChildren(panel);
    this.#window.dir = this.#bubble.dir = panel.dir;
    this.#label();
  }

  /** Open or close, as the attribute `open` says. */
  toggle(open) {
    if (open === this.#window.open) return;
    if (open) {
      this.#bubble.classList.remove("unread");
      // On a phone it covers the page, so the page behind must not take the focus.
      if (this.#phone.matches) this.#window.showModal(); else this.#window.show();
      this.#opened();
      this.#label();
    } else this.#window.close();
  }

  // For every way of closing: the button, Escape or the phone's back gesture.
  #closed() {
    if (this.#window.open) return;
    this.#host.removeAttribute("open");
    this.#bubble.focus();
    this.#label();
  }

  /** A message came; show a mark while the chat is closed. */
  unread() {
    if (this.#window.open) return;
    this.#bubble.classList.add("unread");
    this.#label();
  }

  #label() {
    const s = this.#words();
    const news = this.#bubble.classList.contains("unread");
    this.#bubble.setAttribute("aria-expanded", String(this.#window.open));
    this.#bubble.setAttribute("aria-label", [fill(s.openChat, s), news && s.unread].filter(Boolean).join(" "));
  }
}
