/**
 * The code of ethics on one card: every clause with its own two buttons. Loaded when the clauses are asked.
 *
 * The message `m` holds what the service knows of each clause; what is still being sent is in the chat's queue. A press
 * counts for the clause alone, and only once that clause has been on the screen for a while.
 */

import { el, fill, paragraphs } from "./text.js";

export const STRINGS = {
  part: "Part {n} of {all}",
  answered: "{n} of {all} answered",
  next: "Go to the next open part",
  meaning: "What does this mean?",
};

const SEEN = 0.5; // of a clause, or of the window where that is smaller
const STEPS = [0, 0.1, 0.25, 0.5, 0.75, 1];

export class Card {
  #m;
  #chat;
  #s;
  #parts;
  #seen = new Map(); // since when each clause has been on the screen
  #count;
  #next;
  #closed = false;
  #label;
  #scroll;

  /**
   * @param {HTMLElement} place where to show it
   * @param {object} m the message
   * @param {HTMLElement} scroll what the clauses are scrolled in
   * @param {object} chat `words` (in place of STRINGS), `queue()` (what is being sent), `send(item, at)`,
   *   `early(button, ms)` (whether a press came too early)
   */
  constructor(place, m, scroll, chat) {
    this.#m = m;
    this.#scroll = scroll;
    this.#chat = chat;
    this.#label = m.progress?.label;
    this.#s = { ...STRINGS, ...chat.words };
    this.#parts = m.clauses.map((clause, i) => this.#part(clause, i));
    this.#count = el("p", { class: "answered", role: "status", "data-testid": "answered" });
    this.#next = el("button", {
      type: "button", class: "choice quiet", text: this.#s.next, onclick: () => this.#goTo(this.#firstOpen()),
    });
    const { label } = m.translation ?? {};
    place.replaceChildren(...[
      label && el("p", { class: "translation-label", text: label, dir: "auto" }),
      ...this.#parts.map(({ node }) => node), el("div", { class: "card-foot" }, this.#count, this.#next),
    ].filter(Boolean));
    const eyes = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting, intersectionRatio, intersectionRect, rootBounds } of entries) {
        const isRead = isIntersecting
          && (intersectionRatio >= SEEN || intersectionRect.height >= SEEN * (rootBounds?.height ?? Infinity));
        if (!isRead) continue;
        this.#seen.set(target, performance.now());
        eyes.unobserve(target);
      }
    }, { root: scroll, threshold: STEPS });
    for (const { words } of this.#parts) eyes.observe(words);
    this.place = place;
    this.refresh();
  }

  #part(clause, i) {
    const of = { n: i + 1, all: this.#m.clauses.length };
    const id = `clause-${this.#m.id}-${i}`;
    const { language } = this.#m.translation ?? {};
    const words = el("div", { class: "part-words", id: `${id}-text` },
      el("blockquote", { class: "clause", lang: "en", dir: "auto" }, ...paragraphs(clause.text)),
      clause.translation && el("div", { class: "translation", lang: language, dir: "auto" }, ...paragraphs(clause.translation)));
    const buttons = clause.buttons.map((button, which) => el("button", {
      type: "button", class: "choice", text: button.label, dir: "auto", onclick: ({ currentTarget }) => this.#press(part, which, currentTarget),
    }));
    const note = el("div", { class: "part-note" });
    const node = el("div", {
      class: "part", role: "group", "aria-labelledby": id, "aria-describedby": `${id}-text`, "data-clause": clause.id,
      // Who comes by keyboard sees the words above the button, too.
      onfocusin: ({ target }) => { if (target.matches(":focus-visible")) node.scrollIntoView({ block: "nearest" }); },
    },
    el("h3", { id, text: fill(this.#s.part, of), dir: "auto" }), words,
    el("details", { class: "meaning" }, el("summary", { text: this.#s.meaning, dir: "auto" }),
      el("p", { text: clause.meaning, lang: clause.meaning_language, dir: "auto" })),
    el("div", { class: "buttons equal" }, ...buttons), note);
    const part = { clause, node, words, buttons, note };
    return part;
  }

  #press(part, which, button) {
    const waiting = this.#chat.queue().length;
    if (this.#closed || waiting > this.#sent().length || this.#chosen(part) === which) return;
    const since = this.#seen.get(part.words);
    const ms = since === undefined ? 0 : Math.round(performance.now() - since);
    if (this.#chat.early(button, ms)) return;
    // A change on a full card goes before the press that filled it, which ends it; what is under way stays in front.
    const at = this.#firstOpen() || waiting < 2 ? waiting : waiting - 1;
    const { payload, label } = part.clause.buttons[which];
    this.#chat.send({ button: payload, shown: label, clause: part.clause.id, ms }, at);
  }

  #sent() { return this.#chat.queue().filter((item) => item.on === this.#m && item.clause); }

  // Which button of a clause stands pressed: what is being sent, or else what the service has.
  #chosen({ clause }) {
    const sent = this.#sent().findLast((each) => each.clause === clause.id);
    if (sent) return clause.buttons.findIndex(({ payload }) => payload === sent.button);
    return ["agreed", "refused"].indexOf(clause.answer);
  }

  #firstOpen() { return this.#parts.find((part) => this.#chosen(part) < 0); }

  #goTo(part) {
    if (!part) return;
    part.node.scrollIntoView({ block: "nearest" });
    part.buttons[0].focus({ preventScroll: true });
  }

  get #answered() { return this.#parts.filter((part) => this.#chosen(part) >= 0).length; }

  get #words() { return fill(this.#s.answered, { n: this.#answered, all: this.#parts.length }); }

  // How far down the first open clause is, where others were answered: whoever comes back goes on there.
  get begins() {
    const open = this.#answered && this.#firstOpen();
    if (!open) return undefined;
    const { top } = open.node.getBoundingClientRect();
    return this.#scroll.scrollTop + top - this.#scroll.getBoundingClientRect().top;
  }

  // What was pressed, here or in another tab, and is in the ledger.
  take({ on_clause: id, chosen }) {
    const clause = this.#m.clauses.find((each) => each.id === id);
    if (clause) clause.answer = chosen;
  }

  refresh() {
    if (this.#closed) return;
    for (const part of this.#parts) {
      const chosen = this.#chosen(part);
      part.node.classList.toggle("done", chosen >= 0);
      part.buttons.forEach((button, which) => button.setAttribute("aria-pressed", String(which === chosen)));
    }
    for (const { clause, node } of this.#sent()) this.#parts.find((part) => part.clause.id === clause)?.note.append(node);
    this.#count.textContent = this.#words;
    if (this.#m.progress) Object.assign(this.#m.progress, { label: `${this.#label} · ${this.#words}`, part: this.#answered });
    this.#next.hidden = !this.#firstOpen();
  }

  // It is over: what was said stays to be read, and takes no room until somebody wants to.
  close() {
    if (this.#closed) return;
    this.#closed = true;
    this.place.replaceChildren(el("details", { class: "meaning" },
      el("summary", { text: this.#words, dir: "auto" }),
      ...this.#parts.map((part) => el("div", { class: "part" }, part.words,
        el("p", { class: "value", dir: "auto", text: part.clause.buttons[this.#chosen(part)]?.label })))));
  }
}
