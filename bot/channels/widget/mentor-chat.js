/**
 * <mentor-chat> – the chat in which mentors register. How to embed it: docs/how-to/embed.md.
 * `python -m docs_reference` makes docs/reference/widget.md of the lines that begin with @.
 *
 * @attr api - Address of the API. Default: `../api`, seen from the script.
 * @attr mode - `inline`: part of the page. `launcher`: a round button that opens the chat in a window.
 * @attr title - Heading of the chat.
 * @attr locale - Language to begin in, for example `fr`. Default: the browser's. A choice made in the chat comes first.
 * @attr corner - Where the round button is: `end` (right, in languages written from left to right) or `start`.
 * @attr open - Present while the window is open. Set it to open the window, remove it to close it.
 * @prop strings - An object with any of the keys of STRINGS in mentor-chat.js, tray.js, date.js and answers.js, to replace the widget's own words.
 * @prop ready - True from the moment the conversation is open.
 * @fires ready - The conversation is open and can be used.
 * @fires language - The chat writes another language: its code is the event's `detail`.
 */

import { el, fill, formatted, paragraphs } from "./text.js";
import { keep, request, uuid } from "./network.js";

export const STRINGS = {
  title: "Become a mentor",
  subtitle: "An automated helper. Ask it anything, any time.",
  conversation: "Conversation",
  botSays: "{organisation}:",
  youSay: "You:",
  photoAlt: "The photo you sent",
  step: "Step {step} of {of}",
  newChat: "The chat above has ended. This is a new one.",
  newest: "Go to the newest message",
  toEnd: "Go to the end",
  toAnswers: "Go to your answers",
  language: "Language",
  closeChat: "Close the chat",
  unread: "There are new messages.",
  openChat: "Open the chat: {title}",
  typing: "{organisation} is writing",

  label_short_text: "Your answer",
  label_long_text: "Your answer",
  label_date: "Type the date",
  label_photo: "Or type a message",
  label_choice: "Choose above, or ask a question",
  label_consent: "Choose above, or ask a question",
  label_review: "Or ask a question",
  label_none: "Your message",
  longHint: "Shift + Enter: a new line",
  count: "{n} of {max} characters",
  countOver: "{n} of {max} characters: too long to send",
  tooLong: "This is {over} characters too long. Please shorten it to {max} characters, then send it.",
  send: "Send",
  dropHere: "Drop the photo here",

  tooQuick: "That was very quick, so it did not count. Please read this one first, then press again.",
  sending: "Sending",
  waiting: "Received. The answer is taking a moment.",
  tryingAgain: "Not sent yet – trying again",
  notSent: "Not sent. Nothing is lost: press the button to try again.",
  retry: "Try again",
  offline: "You are offline. You can keep writing; it is sent when you are back online.",
  startFailed: "The chat could not be reached. Please check your connection and try again.",
  restarted: "The chat had to start again, so this was not sent. Please look at the question above first.",
  noSession: "The chat could not go on. If you see this again, please allow cookies for this site.",
  unknownError: "Something went wrong on our side. Please try again in a moment.",
};

const POLL_MS = 10000;
const WAITING_MS = 1500;
const TYPING_MS = 500;
const KEEP_MS = 1000; // after the last key, the service keeps what is not sent yet
const PEEK_MS = 3000;
const BACKOFF_MS = [1000, 2000, 4000, 8000];
// 0 means "no usable answer": no network, time-out, a hotel network's login page.
const RETRY_STATUS = [0, 502, 503, 504];
const LIVE_POLL_MS = 60000; // beside live updates, for a line that died without a word
const HIDDEN_MS = 60000;
const LIVE_FAILURES = 3;
const LANGUAGE = /^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/;
const DOTS = "•••";
const CARD = "card"; // who says what was pressed on the card, which shows it
const TEXT_INPUTS = ["short_text", "long_text", "date"];
// Where the conversation stands: its end is in sight and stays so, it begins with what is new, or the reader scrolled it.
const END = "end";
const LATEST = "latest";
const READER = "reader";
const NEAR_PX = 40;

export class MentorChat extends HTMLElement {
  static observedAttributes = ["open"];

  #strings = STRINGS;
  #words = {}; // replaced by the page
  #locale = {}; // of the language
  #language = "";
  #languages = [];
  #name = ""; // attribute `title`, which as such would hover over the whole chat
  #token = ""; // proves that a write comes from this page
  #live = null;
  #liveFailures = 0;
  #hiddenTimer = 0;
  #missed = false; // live news came while something was being sent
  #launcher = null; // the bubble and its window, in mode "launcher"
  #ui = null;
  #messages = [];
  #nodes = new Map();
  #eyes = null;
  #seen = new Map(); // since when each message has been on the screen
  #pressMs = 700; // for so long at least, or a press on its buttons was meant for the question before
  #cursor = 0;
  #queue = [];
  #busy = false;
  #ready = false;
  #starting = null;
  #proven = false; // the server has accepted our cookie at least once since the last start
  #poll = null;
  #pollTimer = 0;
  #waiting = false; // the server still works on something that was sent
  #tray = null; // for photos
  #modules = {}; // that only some messages need
  #styles = {}; // their style sheets
  #cards = new Map(); // of the messages with all clauses
  #stands = END;
  #top = 0; // how far the conversation was scrolled when last looked at
  #keepTimer = 0;
  #listeners = null;
  #wake = null;
  #stay = (e) => e.preventDefault();

  get strings() { return this.#strings; }
  set strings(changes) {
    this.#words = changes;
    this.#speak();
  }

  #speak() {
    const title = this.#name && { title: this.#name };
    this.#strings = { ...STRINGS, ...this.#locale, ...title, ...this.#words };
    if (this.#ui) this.#build();
  }

  attributeChangedCallback() { this.#launcher?.toggle(this.hasAttribute("open")); }

  connectedCallback() {
    // A page may set the property before this module has loaded.
    if (Object.hasOwn(this, "strings")) {
      const early = this.strings;
      delete this.strings;
      this.strings = early;
    }
    if (this.hasAttribute("title")) {
      this.#name = this.getAttribute("title");
      this.removeAttribute("title");
      this.#speak();
    }
    if (!this.shadowRoot) this.attachShadow({ mode: "open" });
    if (!this.#ui) { this.#foresee(); this.#build(); }
    if (this.getAttribute("mode") === "launcher") this.#launch();
    this.#listeners = new AbortController();
    const { signal } = this.#listeners;
    const network = () => {
      this.#ui.offline.hidden = navigator.onLine;
      if (navigator.onLine) {
        this.#wake?.();
        if (this.#ready) { this.#pump(); this.#pollNow(); this.#listen(); } else if (this.#wanted()) this.#start();
      }
    };
    window.addEventListener("online", network, { signal });
    window.addEventListener("offline", network, { signal });
    document.addEventListener("visibilitychange", () => {
      clearTimeout(this.#hiddenTimer);
      if (document.hidden) this.#hiddenTimer = setTimeout(() => this.#deafen(), HIDDEN_MS);
      else if (this.#ready) this.#listen();
      this.#keepText();
      this.#pollNow();
    }, { signal });
    window.addEventListener("pagehide", () => this.#keepText(), { signal });
    this.#ui.offline.hidden = navigator.onLine;
    if (this.#ready) { this.#pollNow(); this.#listen(); } else if (this.#wanted()) this.#start();
  }

  // The service's own page contains the greeting, readable while the conversation is being opened.
  #foresee() {
    const brought = this.querySelector("script[type='application/json']");
    if (!brought) return;
    const { messages, ...words } = JSON.parse(brought.textContent);
    brought.remove();
    this.#learn(words).then(() => {
      if (!this.#messages.length) this.#receive({ messages: messages.map((m, i) => ({ ...m, id: i - messages.length })) });
    });
  }

  // The conversation is open; visible messages stay unchanged, so that nothing jumps or is read out again.
  #adopt(messages) {
    const said = ({ id, at, ...rest }) => JSON.stringify(Object.entries(rest).sort());
    const early = this.#messages.filter((m) => m.id < 0);
    const same = early.every((m, i) => messages[i] && said(m) === said(messages[i]));
    early.forEach((m, i) => {
      if (same) this.#nodes.get(Object.assign(m, messages[i])).dataset.id = m.id;
      else this.#nodes.get(m).remove();
    });
    if (!same) this.#messages = [];
  }

  // Reading the page around a closed chat does not open a conversation.
  #wanted() {
    return this.getAttribute("mode") !== "launcher" || this.hasAttribute("open") || Boolean(this.#ticket());
  }

  async #launch() {
    const { Launcher } = await import("./launcher.js");
    this.#launcher ??= new Launcher(this, {
      words: () => this.#strings,
      opened: () => {
        if (!this.#ready) this.#start();
        this.#ui.input.focus();
        this.#showLatest();
      },
    });
    this.#launcher.hold(this.#ui.panel);
    if (this.#wanted()) this.setAttribute("open", "");
    this.#launcher.toggle(this.hasAttribute("open"));
  }

  disconnectedCallback() {
    this.#listeners?.abort();
    this.#tray?.stop();
    this.#poll?.abort();
    this.#keep(false);
    this.#deafen();
    clearTimeout(this.#hiddenTimer);
    clearTimeout(this.#pollTimer);
  }

  // ---------------------------------------------------------------- frame

  #build() {
    const s = this.#strings;
    if (this.#ui) this.#scrolled();
    const draft = this.#ui?.input.value ?? "";
    const old = this.#ui?.panel;
    const focused = old?.contains(this.shadowRoot.activeElement) && (this.shadowRoot.activeElement.dataset.testid ?? "");
    this.#ui?.sizes.disconnect();
    this.#tray?.stop();
    const ui = this.#ui = {};

    ui.progressLabel = el("span", { id: "progress-label", "data-testid": "progress", dir: "auto" });
    ui.progressStep = el("span", { class: "step" });
    ui.bar = el("progress", { "aria-labelledby": "progress-label" });
    ui.progress = el("div", { class: "progress", hidden: true },
      el("div", { class: "progress-words" }, ui.progressLabel, ui.progressStep), ui.bar);

    ui.log = el("div", { role: "log", "aria-live": "polite", "aria-label": s.conversation, "data-testid": "log" });
    // Unsent bubbles stay outside the live region: otherwise a screen reader reads every answer twice.
    ui.pending = el("div");
    ui.dots = el("div", { class: "msg typing", "aria-hidden": "true", hidden: true },
      el("div", { class: "bubble" }, el("i"), el("i"), el("i")));
    ui.scroll = el("div", {
      class: "scroll", tabindex: "0", role: "region", "aria-label": s.conversation, onscroll: () => this.#scrolled(),
      // Whoever types without a look at the focus writes into the field all the same.
      onkeydown: (e) => {
        if (e.target.matches(".scroll, .msg") && e.key.length < 2 && e.key > " " && !(e.ctrlKey || e.metaKey || e.altKey)) ui.input.focus();
      },
    }, ui.log, ui.pending, ui.dots);
    ui.jump = el("button", {
      type: "button", class: "jump", hidden: true, text: s.newest, onclick: () => { this.#rest(); if (ui.jump.end) this.#toBottom(); else this.#showLatest(); },
    });
    ui.submit = el("div", { class: "submit", hidden: true });

    ui.status = el("div", { class: "vh", role: "status" });
    ui.offline = el("p", { class: "offline", role: "status", hidden: true, text: s.offline });
    ui.error = el("div", { class: "error", role: "alert", "data-testid": "error", hidden: true });

    ui.tray = el("div", { class: "tray", hidden: true, "data-testid": "photo-panel" });

    ui.label = el("label", { for: "text" });
    ui.hint = el("span", { id: "hint", class: "hint" });
    ui.input = el("textarea", {
      id: "text", rows: "1", dir: "auto", enterkeyhint: "send",
      "aria-describedby": "hint", "data-testid": "input",
      oninput: () => {
        this.#clearError();
        this.#grow();
        this.#keepTimer ||= setTimeout(() => this.#keepText(), KEEP_MS);
      },
      onkeydown: (e) => {
        // While an input method is composing (Chinese, Japanese, …) Enter only confirms the word.
        if (e.key !== "Enter" || e.shiftKey || e.isComposing || e.keyCode === 229 || this.#hasLines()) return;
        e.preventDefault();
        this.#submit();
      },
    });
    ui.input.value = draft;
    ui.composer = el("div", { class: "composer" },
      el("div", { class: "field", onclick: () => ui.input.focus() },
        el("div", { class: "field-words" }, ui.label, ui.hint), ui.input),
      el("button", { type: "button", class: "primary send", text: s.send, "data-testid": "send", onclick: () => this.#submit() }));

    ui.dates = el("div", { class: "tray", hidden: true, "data-testid": "dates" });
    ui.language = this.#languages.length > 1 && el("select", {
      class: "language", "aria-label": s.language, "data-testid": "language", onchange: () => this.#choose(ui.language.value),
    }, ...this.#languages.map(({ code, name }) => el("option", { value: code, lang: code, text: name, selected: code === this.#language })));

    ui.drop = el("div", { class: "drop", hidden: true, "aria-hidden": "true" }, el("span", { text: s.dropHere }));

    ui.panel = el("section", {
      class: "panel", "aria-labelledby": "title", hidden: !old || old.hidden,
      lang: this.#language || "en", dir: s.direction === "rtl" ? "rtl" : "ltr",
      onpaste: (e) => this.#paste(e), ondragenter: (e) => this.#drag(e), ondragover: (e) => this.#drag(e),
      ondragleave: (e) => { if (!ui.panel.contains(e.relatedTarget)) ui.drop.hidden = true; },
      ondrop: (e) => {
        if (!this.#drag(e)) return;
        ui.drop.hidden = true;
        this.#offer(e.dataTransfer.files[0]);
      },
    },
      el("header", { class: "head" }, el("span", { class: "mark", "aria-hidden": "true", text: "{initial}" }),
        el("div", {}, el("h2", { id: "title", text: s.title }), el("p", { text: s.subtitle })),
        ui.language),
      ui.progress, ui.offline,
      ui.scroll, ui.jump, ui.submit,
      ui.error, ui.tray, ui.dates, ui.composer, ui.status, ui.drop);

    // Shown only once styled, so that the raw controls never flash up.
    const show = () => {
      ui.panel.hidden = false;
      this.#grow();
      this.#showLatest();
      if (this.#launcher && this.hasAttribute("open")) ui.input.focus();
    };
    const css = el("link", {
      rel: "stylesheet", href: new URL("./mentor-chat.css", import.meta.url).href, onload: show, onerror: show,
    });
    if (old) {
      // The style sheet stays, so that nothing flashes up when the words change.
      old.replaceWith(ui.panel);
      if (ui.panel.hidden) this.shadowRoot.querySelector("link").onload = show;
    } else this.shadowRoot.replaceChildren(css, ui.panel);
    this.#launcher?.hold(ui.panel);
    // A phone keyboard or a growing text box makes the list shorter; keep its end in sight.
    ui.sizes = new ResizeObserver(() => this.#follow());
    ui.sizes.observe(ui.scroll);

    this.#eyes?.disconnect();
    this.#eyes = new IntersectionObserver((entries) => {
      for (const [m, node] of this.#nodes) {
        if (!this.#seen.has(m) && entries.some((e) => e.target === node && e.isIntersecting)) this.#seen.set(m, performance.now());
      }
    });
    this.#nodes.clear();
    this.#cards.clear();
    if (this.#messages.length) this.#hush();
    for (const message of this.#messages) this.#append(message);
    for (const item of this.#queue) this.#showPending(item);
    this.#refresh();
    // Written anew, the conversation begins at its top.
    if (this.#stands === READER) ui.scroll.scrollTop = this.#top; else this.#showLatest();
    if (typeof focused === "string") (ui.panel.querySelector(`[data-testid="${focused}"]`) ?? ui.scroll).focus();
  }

  // ---------------------------------------------------------------- messages

  #append(message) {
    if (message.divider) {
      const line = el("p", { class: "divider", text: this.#strings.newChat });
      this.#nodes.set(message, line);
      this.#ui.log.append(line);
      return;
    }
    if (message.from === CARD) return; // the card shows it
    const node = this.#render(message);
    this.#nodes.set(message, node);
    if (message.from !== "mentor") this.#eyes.observe(node);
    this.#ui.log.append(node);
  }

  #shell(from, kind, extra) {
    const s = this.#strings;
    const bubble = el("div", { class: "bubble", dir: "auto" });
    const node = el("div", { class: `msg ${from}`, "data-testid": "message", "data-from": from, "data-kind": kind, ...extra },
      el("span", { class: "vh", text: from === "bot" ? s.botSays : s.youSay }), bubble);
    return { node, bubble };
  }

  #render(m) {
    const from = m.from === "mentor" ? "mentor" : "bot";
    const { node, bubble } = this.#shell(from, m.kind, {
      "data-question": m.question, "data-input": m.input, "data-id": m.id, lang: LANGUAGE.test(m.language) && m.language,
    });
    if (m.text) bubble.append(el("div", { "data-testid": "text", dir: "auto" },
      ...(from === "bot" ? formatted(m.text, (url) => this.#allowed(url)) : paragraphs(m.text))));
    if (m.notice) bubble.append(el("div", { class: "notice", dir: "auto" }, ...paragraphs(m.notice)));
    if (m.notice_translation) bubble.append(el("div", { class: "notice", dir: "auto" }, ...paragraphs(m.notice_translation)));
    // The English wording is binding; the translation below it is only a help.
    if (m.clause) bubble.append(el("blockquote", { class: "clause", lang: "en", dir: "auto" }, ...paragraphs(m.clause)));
    if (m.translation?.text) {
      const { language, label, text } = m.translation;
      bubble.append(el("div", { class: "translation", lang: language, dir: "auto", "data-testid": "translation" },
        label && el("p", { class: "translation-label", text: label, dir: "auto" }), ...paragraphs(text)));
    }
    // All clauses at once; each is pressed, sent and answered by itself.
    if (m.clauses) this.#later(bubble, "clauses", ({ Card }) => {
      const place = el("div", { class: CARD, "aria-live": "off", "data-testid": CARD });
      this.#cards.set(m, new Card(place, m, this.#ui.scroll, {
        words: this.#strings.card, queue: () => this.#queue,
        early: (button, ms) => this.#early(button, ms), send: (item, at) => this.#enqueue(item, m, at),
      }));
      return [place];
    });
    if (m.example) bubble.append(el("div", { class: "example", dir: "auto" }, ...paragraphs(m.example)));
    if (m.photo) bubble.append(this.#picture(m.photo));
    if (m.sections) this.#later(bubble, "answers", ({ sections }) => sections(m.sections, {
      strings: this.#strings, picture: (src) => this.#picture(src), button: (b, name) => this.#button(m, b, name), toggled: () => this.#scrolled(),
    }));
    if (m.links?.length) bubble.append(el("p", { class: "links" }, ...m.links.map((each) => this.#link(each))));
    for (const { url, code } of m.links ?? []) if (code) this.#later(bubble, "elsewhere", ({ waysToCopy }) => [
      waysToCopy({ url, code: new URL(code, this.#api()).href }, { strings: this.#strings.elsewhere, shown: () => this.#scrolled() }),
    ]);
    if (!bubble.firstChild) bubble.remove();
    if (m.buttons?.length && m.input !== "review") {
      const kind = m.input === "consent" && !m.clauses ? "buttons equal" : "buttons";
      node.append(el("div", { class: kind }, ...m.buttons.map((b) => this.#button(m, b))));
    }
    return node;
  }

  #allowed({ origin }) { return [new URL(this.#api()).origin, location.origin, "https://t.me"].includes(origin); }

  #link({ label, url }) {
    const to = new URL(url, this.#api());
    return this.#allowed(to) && el("a", {
      href: to.href, target: "_blank", rel: "noopener", text: label, dir: "auto", download: to.pathname.endsWith(".json"),
    });
  }

  #picture(src) {
    const url = new URL(src, this.#api());
    return url.origin === new URL(this.#api()).origin &&
      el("img", { class: "photo", src: url.href, alt: this.#strings.photoAlt });
  }

  // For what only some messages need: what a module makes, once that is there with its style sheet. The second time at once.
  #later(bubble, name, make) {
    const place = el("div", { "data-later": name });
    bubble.append(place);
    const isQuiet = this.#ui.log.ariaLive === "off";
    const show = () => place.replaceWith(...make(this.#modules[name]));
    const load = () => Promise.all([import(`./${name}.js`), this.#style(name)]).then(([module]) => {
      this.#modules[name] = module;
      if (isQuiet) this.#hush();
      this.#scrolled();
      show();
      this.#refresh();
      this.#settled();
    }, () => this.#showError(this.#strings.startFailed, load));
    if (this.#modules[name]) show(); else load();
  }

  #style(name) {
    return this.#styles[name] ??= new Promise((done) => {
      const missed = () => { delete this.#styles[name]; done(); };
      this.shadowRoot.append(el("link", { rel: "stylesheet", href: new URL(`./${name}.css`, import.meta.url).href, onload: done, onerror: missed }));
    });
  }

  #button(m, { label, payload, style }, name) {
    return el("button", {
      type: "button", class: style === "secondary" ? "choice quiet" : "choice", text: label, "aria-label": name, dir: "auto",
      onclick: ({ currentTarget: button }) => {
        // The attribute is set a moment later; a fast second click must already find the queue filled.
        if (this.#holds(m) || this.#nodes.get(m).classList.contains("past")) return;
        if (m.question && this.#early(button, this.#age(m))) return;
        this.#rest();
        this.#enqueue({ button: payload, shown: m.input === "date" && style !== "secondary" ? DOTS : label }, m);
      },
    });
  }

  // Whether what a button answers had been there for too short a time; shown where it was pressed.
  #early(button, ms) {
    if (ms >= this.#pressMs) return false;
    button.classList.add("early");
    setTimeout(() => button.classList.remove("early"), this.#pressMs);
    this.#showError(this.#strings.tooQuick);
    return true;
  }

  // Whether what is being sent has to be answered before a button of this message can be pressed.
  #holds(m) { return this.#queue.some((item) => !item.clause || item.on !== m); }

  // How many milliseconds a message has been on the screen.
  #age(m) {
    const now = performance.now();
    return Math.round(now - (this.#seen.get(m) ?? now));
  }

  // The last question, unless the bot answered the message after it without asking again.
  #question() {
    const last = this.#messages.findLastIndex((m) => m.question);
    const said = this.#messages.findIndex((m, i) => i > last && m.from === "mentor");
    return said > 0 && this.#messages.at(-1).from !== "mentor" ? undefined : this.#messages[last];
  }

  // The first current message: the one right before the open question, or the last message if none is open.
  #present(current) {
    let from = current ? this.#messages.indexOf(current) : this.#messages.length;
    const said = (m) => m && m.from !== "mentor" && !m.question;
    while (said(this.#messages[from - 1])) from -= 1;
    return from;
  }

  #refresh() {
    const ui = this.#ui;
    const s = this.#strings;
    const current = this.#question();
    const from = this.#present(current);
    const waiting = this.#queue.length > 0;
    this.#messages.forEach((m, i) => {
      const card = this.#cards.get(m);
      if (i < from) {
        if (card && this.#nodes.get(m).contains(this.shadowRoot.activeElement)) this.#rest();
        card?.close();
      } else card?.refresh();
      const node = this.#nodes.get(m);
      node?.classList.toggle("past", i < from);
      // The dates offered are as personal as the date.
      if (i < from && m.input === "date") {
        m.buttons = [];
        node.querySelector(".buttons")?.remove();
      }
      node?.querySelectorAll(".choice").forEach((b) => { b.disabled = this.#holds(m) || i < from; });
    });

    const progress = current?.progress;
    ui.progress.hidden = !progress;
    if (progress) {
      ui.progressLabel.textContent = progress.label ?? "";
      ui.progressStep.textContent = progress.of ? fill(s.step, progress) : "";
      ui.bar.max = progress.of || 1;
      // Within a step of many parts (15 clauses) the bar moves, too; a step counts once its last part is open.
      ui.bar.value = (progress.step || 0) - 1 + (progress.part || 1) / (progress.parts || 1);
    }
    this.#offerSubmit(this.#review(), waiting);
    ui.label.textContent = s[`label_${current?.input}`] ?? s.label_none;
    const fills = current?.autocomplete;
    ui.input.setAttribute("autocomplete", fills ?? "off");
    // No pad of digits for a code: questions can be asked there, too.
    ui.input.setAttribute("inputmode", fills === "email" ? "email" : "text");
    ui.input.setAttribute("autocapitalize", { email: "none", name: "words" }[fills] ?? "sentences");
    this.#grow();
    if (this.#tray || current?.input === "photo") this.#withTray().then((tray) => tray?.refresh());
    this.#calendar(current?.input === "date" && !waiting);
  }

  async #calendar(wanted) {
    const { dates } = this.#ui;
    if (dates.hidden === !wanted) return;
    dates.hidden = !wanted;
    dates.replaceChildren();
    if (!wanted) return;
    const { offerCalendar } = await import("./date.js");
    if (dates.hidden) return;
    offerCalendar(dates, this.#strings, (date) => {
      this.#rest();
      this.#enqueue({ date, shown: DOTS });
    });
  }

  #receive({ messages, cursor, pending, language }, quiet = false) {
    // A change of language in the chat applies here, too.
    if (language && language !== this.#language) this.#learn({ language, languages: this.#languages, token: this.#token });
    this.#waiting = Boolean(pending);
    this.#scrolled();
    const known = new Set();
    for (const m of this.#messages) if (m.divider) known.clear(); else known.add(m.id);
    const fresh = messages.filter((m) => !known.has(m.id)).sort((a, b) => a.id - b.id);
    for (const m of fresh) {
      if (m.on_clause) {
        m.from = CARD;
        // One that came along has it already.
        this.#cards.get(this.#messages.findLast((each) => each.clauses))?.take(m);
      }
      this.#messages.push(m);
      this.#append(m);
    }
    this.#cursor = Math.max(this.#cursor, Number(cursor) || 0, ...fresh.map((m) => m.id));
    this.#refresh();
    if (!fresh.some((m) => m.from !== CARD)) return;
    if (quiet && fresh.some((m) => m.from !== "mentor")) this.#launcher?.unread();
    // A message that came on its own does not pull away the beginning of another one either.
    if (!quiet || this.#stands === END) this.#settled(); else this.#scrolled();
  }

  // ---------------------------------------------------------------- scrolling

  #scrolled() {
    const { scroll, jump } = this.#ui;
    const below = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight;
    // The browser moves it only to the end of a list that became shorter: see overflow-anchor.
    if (scroll.scrollTop !== this.#top) this.#stands = below < NEAR_PX ? END : READER;
    this.#top = scroll.scrollTop;
    const review = this.#review();
    // What is new begins in the upper half, or above: it is being read.
    jump.end = this.#newest()?.offsetTop < scroll.scrollTop + scroll.clientHeight / 2;
    jump.textContent = this.#strings[review ? "toAnswers" : jump.end ? "toEnd" : "newest"];
    jump.hidden = below < 100 || (review && jump.end);
  }

  // The first of the bot's last messages, with the line above a new chat; the card, while it is being answered.
  #newest() {
    const last = this.#messages.findLastIndex((m) => m.from !== "bot");
    return this.#nodes.get(this.#messages[this.#messages[last]?.divider ? last : last + 1] ?? this.#question());
  }

  #follow() {
    this.#scrolled();
    if (this.#stands === END) this.#toBottom();
  }

  // Something came or changed: what is new is shown, unless the reader has scrolled since they last did something.
  #settled() { if (this.#stands === READER) this.#scrolled(); else this.#showLatest(); }

  // The check of the answers, if it is open.
  #review() {
    const question = this.#question();
    return question?.input === "review" ? question : undefined;
  }

  // What can be done at the check of the answers is always in sight, below the conversation.
  #offerSubmit(review, waiting) {
    const { submit } = this.#ui;
    if (submit.of !== review) submit.replaceChildren(...(review?.buttons ?? []).map((b) => this.#button(review, b)));
    submit.of = review;
    submit.hidden = !review;
    for (const button of submit.children) button.disabled = waiting;
  }

  #changedRow() { return this.#nodes.get(this.#messages.at(-1))?.querySelector(".row[tabindex]"); }

  #toBottom() {
    const { scroll } = this.#ui;
    const end = scroll.scrollHeight - scroll.clientHeight;
    // Less than the empty room at the end, which is kept for .jump: everything is in sight.
    scroll.scrollTop = end > NEAR_PX ? end : 0;
    this.#stand(END);
  }

  // For buttons that vanish when pressed: without this the focus falls back to the top of the page.
  #rest() { this.#ui.scroll.focus({ preventScroll: true }); }

  // To the end, but never past the beginning of the bot's last messages.
  #showLatest() {
    const { scroll } = this.#ui;
    const end = scroll.scrollHeight - scroll.clientHeight;
    const begins = this.#cards.get(this.#question())?.begins ?? this.#newest()?.offsetTop;
    const top = begins !== undefined && !this.#queue.length ? Math.min(end, begins - 8) : end;
    scroll.scrollTop = top;
    // An answer that was just changed is shown, with the others around it.
    const row = !this.#queue.length && this.#changedRow();
    if (row) scroll.scrollTop += row.getBoundingClientRect().top - scroll.getBoundingClientRect().top - scroll.clientHeight / 4;
    this.#stand(end - scroll.scrollTop < NEAR_PX ? END : LATEST);
  }

  #stand(where) {
    this.#stands = where;
    this.#top = this.#ui.scroll.scrollTop;
    this.#scrolled();
  }

  // ---------------------------------------------------------------- texts for the person

  // A long transcript is not read out from its first line when someone comes back, or changes the language.
  #hush() {
    const { log } = this.#ui;
    log.setAttribute("aria-live", "off");
    setTimeout(() => log.setAttribute("aria-live", "polite"), 300);
  }

  #say(text) { this.#ui.status.textContent = text; }

  #clearError() {
    this.#ui.error.hidden = true;
    this.#ui.error.replaceChildren();
  }

  #showError(text, retry) {
    this.#ui.error.replaceChildren(el("p", { text, dir: "auto" }), ...(retry ? [el("button", {
      type: "button", class: "choice", text: this.#strings.retry, "data-testid": "retry",
      onclick: () => { this.#rest(); this.#clearError(); retry(); },
    })] : []));
    this.#ui.error.hidden = false;
  }

  #typing(on) {
    if (this.#ui.dots.hidden === !on) return;
    this.#ui.dots.hidden = !on;
    this.#say(on ? this.#strings.typing : "");
    if (on) this.#follow();
  }

  // ---------------------------------------------------------------- composer

  #grow() {
    const { input, hint } = this.#ui;
    const s = this.#strings;
    input.style.height = "auto";
    input.style.height = `${input.scrollHeight}px`;
    const { input: kind, max_length: max } = this.#question() ?? {};
    input.enterKeyHint = this.#hasLines() ? "enter" : "send";
    // Counted in whole characters, so that an emoji is one here as on the server.
    const n = max ? [...input.value.trim()].length : 0;
    const near = max && n >= max * 0.8;
    hint.textContent = near
      ? fill(n > max ? s.countOver : s.count, { n: n.toLocaleString(), max: max.toLocaleString() })
      : kind === "long_text" ? s.longHint : "";
    hint.classList.toggle("over", Boolean(near && n > max));
    hint.classList.toggle("keys", !near);
  }

  // On a phone Return begins a new line of a long answer, as everywhere else there; Send sends it.
  #hasLines() { return this.#question()?.input === "long_text" && matchMedia("(pointer: coarse)").matches; }

  // Only what was typed since; the service forgets it as it receives a text. A date is kept nowhere.
  #keepText() {
    if (!this.#keepTimer) return;
    clearTimeout(this.#keepTimer);
    this.#keepTimer = 0;
    const { input, question } = this.#question() ?? {};
    if (!this.#ready || !question || input === "date") return;
    keep(`${this.#api()}/unsent`, { question, text: this.#ui.input.value }, this.#token);
  }

  // After a reload: what was typed before.
  #restore(unsent) {
    const { input } = this.#ui;
    if (!unsent || input.value || this.#question()?.question !== unsent.question) return;
    input.value = unsent.text;
    this.#grow();
  }

  #submit() {
    const { input } = this.#ui;
    const text = input.value.trim();
    input.focus();
    if (!text) return;
    const max = this.#question()?.max_length ?? Infinity;
    const over = [...text].length - max;
    if (over > 0) {
      const [n, most] = [over, max].map((each) => each.toLocaleString());
      this.#showError(fill(this.#strings.tooLong, { over: n, max: most }));
      return;
    }
    this.#clearError();
    clearTimeout(this.#keepTimer);
    this.#keepTimer = 0;
    input.value = "";
    // A date is personal: show dots until the server sends the text to show.
    const sent = text.toWellFormed?.() ?? text;
    const dated = this.#question()?.input === "date";
    this.#enqueue({ text: sent, date: dated ? sent : undefined, shown: dated ? DOTS : text });
  }

  #giveBack(item) {
    if (item.text !== undefined) {
      const { input } = this.#ui;
      input.value = [item.text, input.value].filter(Boolean).join("\n");
      input.focus();
    } else if (item.file) this.#tray.giveBack(item.original);
  }

  // ---------------------------------------------------------------- photo

  #drag(e) {
    if (!e.dataTransfer?.types.includes("Files")) return false;
    e.preventDefault(); // without this the browser opens the file and leaves the page
    this.#ui.drop.hidden = false;
    return true;
  }

  #paste(e) {
    // Word processors put a picture of the text next to the text; then use the text.
    const { files } = e.clipboardData;
    if (!files.length || e.clipboardData.types.includes("text/plain")) return;
    e.preventDefault();
    this.#offer(files[0]);
  }

  async #offer(file) { (await this.#withTray())?.offer(file); }

  async #withTray() {
    try {
      const [{ Tray }] = await Promise.all([import("./tray.js"), this.#style("tray")]);
      return this.#tray ??= new Tray({
        root: this.shadowRoot, place: () => this.#ui.tray, strings: () => this.#strings,
        asked: () => this.#question()?.input === "photo" && !this.#queue.length,
        rest: () => this.#rest(), leave: () => this.#ui.input.focus(),
        fail: (sentence) => { if (sentence) this.#showError(sentence); else this.#clearError(); },
        send: (item) => this.#enqueue(item),
      });
    } catch {
      this.#showError(this.#strings.startFailed, () => this.#refresh()); // the line was cut
      return null;
    }
  }

  // ---------------------------------------------------------------- sending

  // Record now what the person has seen, even if it is sent later; `on` is the message that it is about.
  #enqueue(item, on = this.#messages.findLast((m) => this.#seen.has(m)), at = this.#queue.length) {
    item.id = uuid();
    this.#clearError();
    item.on = on;
    item.asked = this.#question()?.question;
    item.ms ??= on ? this.#age(on) : 0;
    this.#queue.splice(at, 0, item);
    this.#showPending(item);
    this.#refresh();
    if (item.clause) this.#stands = LATEST; else this.#toBottom();
    this.#pump();
  }

  #showPending(item) {
    item.words = el("span");
    if (item.clause) {
      item.node = el("div", { class: "note", "data-pending": "true" }, item.words);
      this.#mark(item, item.mark);
      return;
    }
    const { node, bubble } = this.#shell("mentor", item.file ? "photo" : "say", { "data-pending": "true" });
    item.note = el("div", { class: "note" }, item.words);
    node.append(item.note);
    if (item.file) this.#tray.upload(item, bubble, () => {
      item.stop.abort();
      // A running request ends by itself; the others only wait.
      if (this.#busy && this.#queue[0] === item) this.#wake?.(); else this.#callOff(item);
    });
    else bubble.append(el("div", { "data-testid": "text", dir: "auto" }, ...paragraphs(item.shown)));
    item.node = node;
    this.#ui.pending.append(node);
    this.#mark(item, item.mark);
  }

  #mark(item, mark, percent) {
    const s = item.original ? this.#tray.words : this.#strings;
    const told = item.mark;
    item.mark = mark;
    const words = percent === undefined ? s[mark ?? "sending"] : fill(s[mark], { percent });
    item.words.textContent = words;
    this.#keep(["notSent", "tryingAgain", "uploading"].includes(mark));
    item.node.classList.toggle("failed", mark === "notSent");
    item.retry?.remove();
    if (mark === "notSent") {
      item.retry = el("button", {
        type: "button", class: "choice", text: s.retry, "data-testid": "retry", onclick: () => { this.#rest(); this.#pump(); },
      });
      item.words.after(item.retry);
    }
    if (item.cancel) {
      // A complete upload can no longer be cancelled.
      const gone = mark === "checking" || mark === "waiting";
      if (gone && this.shadowRoot.activeElement === item.cancel) this.#rest();
      item.cancel.hidden = gone;
    }
    // Announce each once, not at every percent.
    if (mark && mark !== told) {
      this.#say(words);
      this.#follow();
    }
  }

  // One at a time and in order: an answer must never overtake the one before it.
  async #pump() {
    if (this.#busy || !this.#ready || !this.#queue.length) return;
    this.#busy = true;
    this.#poll?.abort();
    while (this.#queue.length && await this.#deliver(this.#queue[0]));
    this.#busy = false;
    if (this.#missed) { this.#missed = false; this.#pollNow(); }
    this.#schedule();
  }

  async #deliver(item) {
    const s = this.#strings;
    for (let attempt = 0; ; attempt++) {
      const { ok, status, data } = await this.#transmit(item, attempt);
      if (!ok && item.stop?.signal.aborted) { this.#callOff(item); return true; }
      if (ok) {
        this.#proven = true;
        const answer = await this.#answered(item, data);
        this.#settle(item);
        this.#receive(answer);
        this.#placeFocus(item);
        return true;
      }
      // Another tab may have opened a new session, whose token differs from the refused one.
      if (status === 401 || (status === 403 && this.#token && !item.renewed)) {
        item.renewed = true;
        if (status === 401 && !this.#proven) { this.#reject(item, s.noSession); return true; }
        const outcome = await this.#start();
        if (outcome === "same") continue;
        if (outcome === "new") { this.#reject(item, s.restarted); return true; }
        this.#mark(item, "notSent");
        return false;
      }
      if (!RETRY_STATUS.includes(status)) {
        // A file that can never be accepted is not offered for sending again.
        if ([400, 413, 415, 422].includes(status)) item.file = null;
        this.#reject(item, data.error || s.unknownError);
        return true;
      }
      if (attempt >= BACKOFF_MS.length) { this.#mark(item, "notSent"); return false; }
      this.#mark(item, "tryingAgain");
      await this.#pause(BACKOFF_MS[attempt]);
    }
  }

  // The server has stored the message but not answered yet: show its text; the bubble stays until the reply.
  async #answered(item, data) {
    while (data.pending) {
      this.#receive(data, true);
      this.#mark(item, "waiting");
      await this.#pause(WAITING_MS);
      const next = await request("GET", `${this.#api()}/messages?after=${this.#cursor}`, null);
      if (next.ok) data = next.data;
      else if (next.status === 401) break;
    }
    return data;
  }

  async #transmit(item, attempt) {
    const api = this.#api();
    if (attempt === 0) this.#mark(item);
    // The page's greeting has no number before the conversation is open.
    const seen = { seen: Math.max(item.on?.id ?? 0, 0), seen_ms: item.ms };
    if (!item.file) {
      const timer = setTimeout(() => this.#typing(true), TYPING_MS);
      // If the reply is slow, the bot says so.
      const peek = setInterval(async () => {
        const { ok, data } = await request("GET", `${api}/messages?after=${this.#cursor}`);
        if (ok) this.#receive(data, true);
      }, PEEK_MS);
      const common = { id: item.id, after: this.#cursor, ...seen };
      // A date is stored separately, so that it is in no text of the chat.
      const dated = item.date !== undefined;
      const content = dated ? { date: item.date } : { text: item.text, button: item.button };
      const answer = await request("POST", `${api}/${dated ? "dates" : "messages"}`,
        JSON.stringify({ ...common, ...content }), { token: this.#token });
      clearTimeout(timer);
      clearInterval(peek);
      this.#typing(false);
      return answer;
    }
    const form = new FormData();
    form.append("id", item.id);
    form.append("after", this.#cursor);
    for (const name in seen) form.append(name, seen[name]);
    form.append("file", item.file, item.file.name);
    return request("POST", `${api}/photos`, form, {
      signal: item.stop.signal, token: this.#token,
      progress: (part) => {
        item.bar.value = part;
        this.#mark(item, part < 1 ? "uploading" : "checking", Math.floor(part * 100));
      },
    });
  }

  // Unsent text exists only in this page, so leaving it needs a confirmation.
  #keep(unsent) { window[unsent ? "addEventListener" : "removeEventListener"]("beforeunload", this.#stay); }

  #settle(item) {
    this.#keep(false);
    this.#queue = this.#queue.filter((each) => each !== item);
    item.node.remove();
    this.#say("");
  }

  async #callOff(item) {
    this.#settle(item);
    this.#giveBack(item);
    this.#refresh();
    this.#say(this.#tray.words.uploadCancelled);
    (await this.#withTray())?.focus();
  }

  #reject(item, sentence) {
    this.#settle(item);
    this.#giveBack(item);
    this.#refresh();
    this.#showError(sentence);
    this.#settled();
  }

  #placeFocus(item) {
    const inside = this.shadowRoot.activeElement;
    if (!inside || (item.clause && item.on === this.#question())) return;
    const row = this.#changedRow();
    if (row) { row.focus({ preventScroll: true }); return; }
    const question = this.#question();
    const { input, scroll } = this.#ui;
    const touch = matchMedia("(pointer: coarse)").matches;
    if (TEXT_INPUTS.includes(question?.input)) { if (!touch || item.text) input.focus(); return; }
    // Whoever writes goes on writing, and whoever went somewhere else stays there.
    if (input.value || ![input, scroll].includes(inside)) return;
    // The buttons of a new question come next by Tab.
    if (question && question.question !== item.asked) this.#focusOn(question);
    // On a phone the focus decides whether the keyboard covers half of the chat.
    else if (touch) this.#rest();
  }

  #focusOn(m) {
    const node = this.#nodes.get(m);
    node.setAttribute("role", "group");
    node.ariaLabel = m.progress?.label ?? this.#strings.conversation;
    node.tabIndex = -1;
    node.focus({ preventScroll: true });
  }

  // Ends early when the network comes back.
  #pause(ms) {
    return new Promise((resolve) => {
      this.#wake = resolve;
      setTimeout(resolve, ms);
    });
  }

  // ---------------------------------------------------------------- session and polling

  // Without the attribute: where this module comes from, which may be another origin than the page's.
  #api() {
    const given = this.getAttribute("api");
    return (given ? new URL(given, location.href) : new URL("../api", import.meta.url)).href.replace(/\/$/, "");
  }

  // The token of a link that goes on with a registration; a parameter of another site's page is ignored.
  #ticket() {
    const here = new URL(location.href);
    return (here.origin === new URL(this.#api()).origin && here.searchParams.get("continue")) || "";
  }

  // The service stores it with the conversation.
  async #choose(code) {
    await this.#starting; // what the page brought along can be read before there is a conversation
    const body = JSON.stringify({ id: uuid(), after: this.#cursor, language: code });
    this.#stands = LATEST; // unless the reader scrolls meanwhile
    const { ok, data } = await request("POST", `${this.#api()}/language`, body, { token: this.#token });
    if (!ok) { this.#showError(data.error || this.#strings.unknownError, () => this.#choose(code)); return; }
    await this.#learn({ language: code, languages: this.#languages, token: this.#token });
    this.#receive(data);
  }

  async #learn({ language, languages, token, press_ms: pressMs = this.#pressMs }) {
    this.#token = token ?? "";
    this.#pressMs = pressMs;
    if (!language || (language === this.#language && languages?.length === this.#languages.length)) return;
    this.#languages = languages ?? [];
    this.#language = language;
    this.#locale = {};
    if (language !== "en" && LANGUAGE.test(language)) {
      this.#locale = await import(`./locales/${language}.js`).then((file) => file.default, () => ({}));
    }
    this.#speak();
    this.dispatchEvent(new CustomEvent("language", { detail: language }));
  }

  #start() {
    this.#starting ??= this.#open().finally(() => { this.#starting = null; });
    return this.#starting;
  }

  async #open() {
    this.#ready = false;
    const slow = setTimeout(() => this.#typing(!this.#messages.length), TYPING_MS);
    const opened = {
      time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone ?? "",
      link: this.#ticket(),
      language: this.getAttribute("locale") || navigator.language || "",
    };
    let answer;
    for (let attempt = 0; ; attempt++) {
      answer = await request("POST", `${this.#api()}/session`, JSON.stringify(opened));
      if (!RETRY_STATUS.includes(answer.status) || attempt >= BACKOFF_MS.length) break;
      await this.#pause(BACKOFF_MS[attempt]);
    }
    clearTimeout(slow);
    this.#typing(false);
    if (!answer.ok) {
      this.#showError(answer.data.error || this.#strings.startFailed, () => this.#start().then(() => this.#pump()));
      return false;
    }
    this.ready = true; // for who comes too late to hear it
    this.dispatchEvent(new Event("ready"));
    if (opened.link) {
      // It works once and should not be shared.
      const here = new URL(location.href);
      here.searchParams.delete("continue");
      history.replaceState(history.state, "", here);
    }
    await this.#learn(answer.data);
    const { messages } = answer.data;
    this.#adopt(messages);
    // Ids may begin at 1 in every conversation, so compare the last message's time, too.
    const held = this.#messages.at(-1);
    const same = held && messages.some((m) => m.id === held.id && m.at === held.at);
    if (held && !same) {
      // Earlier messages stay readable, for instance the confirmation of a deletion.
      const mark = { divider: true };
      this.#messages.push(mark);
      this.#append(mark);
      this.#cursor = 0;
    }
    this.#clearError();
    this.#ready = true;
    this.#proven = false;
    if (messages.length > 6) this.#hush();
    this.#receive(answer.data);
    this.#restore(answer.data.unsent);
    if (this.#queue.length) this.#pump();
    this.#deafen();
    this.#listen();
    this.#schedule();
    return same ? "same" : "new";
  }

  // Live updates. If they do not work, for example behind a buffering proxy, polling continues.
  #listen() {
    if (this.#live || !this.isConnected || this.#liveFailures >= LIVE_FAILURES) return;
    const live = this.#live = new EventSource(`${this.#api()}/events?after=${this.#cursor}`, { withCredentials: true });
    live.addEventListener("open", () => { this.#liveFailures = 0; this.#schedule(); });
    live.addEventListener("messages", ({ data }) => {
      // The running request returns the same messages and removes its bubble.
      if (this.#busy) this.#missed = true; else this.#receive(JSON.parse(data), true);
    });
    live.addEventListener("typing", ({ data }) => { if (!this.#busy) this.#typing(JSON.parse(data).typing); });
    live.addEventListener("error", () => {
      if (!this.#busy) this.#typing(false);
      if (navigator.onLine) this.#liveFailures += 1;
      // The browser tries again by itself unless the service refused; then polling finds out why.
      if (live.readyState === EventSource.CLOSED || this.#liveFailures >= LIVE_FAILURES) this.#deafen();
      this.#schedule();
    });
  }

  #deafen() {
    this.#live?.close();
    this.#live = null;
  }

  #schedule() {
    clearTimeout(this.#pollTimer);
    const wait = this.#queue.length ? BACKOFF_MS.at(-1) 
      : this.#waiting ? WAITING_MS : this.#live?.readyState === EventSource.OPEN ? LIVE_POLL_MS : POLL_MS;
    if (this.isConnected) this.#pollTimer = setTimeout(() => this.#pollNow(), wait);
  }

  async #pollNow() {
    const idle = this.#ready && !this.#queue.length && !this.#poll;
    // Unsent messages are retried automatically; a photo, which may cost money, only on request.
    if (this.#ready && this.#queue.length && !this.#queue[0].file) this.#pump();
    if (document.visibilityState !== "visible" || !idle || !this.isConnected) { this.#schedule(); return; }
    clearTimeout(this.#pollTimer);
    const poll = this.#poll = new AbortController();
    const { ok, status, data } = await request("GET", `${this.#api()}/messages?after=${this.#cursor}`, null, { signal: poll.signal });
    this.#poll = null;
    // The person sent something meanwhile; its response has the same messages.
    if (!poll.signal.aborted) {
      if (ok) { this.#proven = true; this.#receive(data, true); }
      else if (status === 401 && this.#proven) await this.#start();
      else if (status === 401) {
        // Refused right after a start: trying again would only open more empty chats.
        this.#ready = false;
        this.#showError(this.#strings.noSession, () => this.#start());
      }
    }
    this.#schedule();
  }
}

if (!customElements.get("mentor-chat")) customElements.define("mentor-chat", MentorChat);

// A script tag alone embeds the chat, with its data-* as attributes.
const script = [...document.scripts].find(({ src }) => src === import.meta.url);
if (script && !document.querySelector("mentor-chat")) {
  document.body.append(el("mentor-chat", { mode: "launcher", ...script.dataset }));
}
