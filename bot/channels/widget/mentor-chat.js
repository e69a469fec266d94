/**
 * <jobgen-mentor-chat>, the registration chat of JobGen's mentors. Attributes, words, colours and how to embed it in
 * another site's page: docs/web-channel.md. What not every page or question needs is imported when it is needed.
 */

export const STRINGS = {
  title: "Become a mentor",
  subtitle: "An automated helper. Ask it anything, any time.",
  close: "Close the chat",
  open: "Become a mentor: open the chat",
  unread: "{n} new",
  language: "Language",
  conversation: "Conversation",
  botSays: "JobGen:",
  youSay: "You:",
  photoAlt: "The photo you sent",
  previewAlt: "The photo you chose",
  empty: "Not given",
  step: "Step {step} of {of}",
  newChat: "The chat above has ended. This is a new one.",
  newest: "Go to the newest message",
  typing: "JobGen is writing",

  label_short_text: "Your answer",
  label_long_text: "Your answer",
  label_date: "Type the date",
  label_photo: "Or type a message",
  label_choice: "Choose above, or ask a question",
  label_consent: "Choose above, or ask a question",
  label_review: "Check the above, or ask a question",
  label_none: "Your message",
  longHint: "Shift + Enter: a new line",
  count: "{n} of {max} characters",
  countOver: "{n} of {max} characters – please shorten it a little",
  send: "Send",

  pickDate: "Or pick it from a calendar",
  sendDate: "Send this date",

  choosePhoto: "Choose a photo",
  useCamera: "Use the camera",
  choosePhotoHint: "You can also drop or paste it here.",
  sendPhoto: "Send this photo",
  sendFile: "Send this file",
  chooseAnother: "Choose another",
  removePhoto: "Remove",
  dropHere: "Drop the photo here",
  uploading: "Sending the photo: {percent} %",
  checking: "Looking at the photo",
  cancelUpload: "Stop sending",
  uploadCancelled: "The photo was not sent. It is still here.",
  tooBig: "This photo is larger than 20 MB. Please choose a smaller one.",

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

const MAX_FILE = 20 * 1024 * 1024;
const POLL_MS = 20000; // where events do not get through
const CHECK_MS = 60000; // where they do
const WAITING_MS = 1500;
const TYPING_MS = 500;
const PEEK_MS = 3000;
const BACKOFF_MS = [1000, 2000, 4000, 8000];
// 0 stands for "no usable answer at all": cut line, time-out, a login page of a hotel network.
const RETRY_STATUS = [0, 502, 503, 504];
const DOTS = "•••";
const TEXT_INPUTS = ["short_text", "long_text", "date"];

const fill = (template, values) => template.replace(/\{(\w+)\}/g, (all, key) => values[key] ?? all);

const el = (tag, attrs = {}, ...children) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attrs)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "text") node.textContent = value;
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter(Boolean));
  return node;
};

const paragraphs = (text) =>
  String(text ?? "").split(/\n[^\S\n]*\n\s*/).filter((part) => part.trim())
    .map((part) => el("p", { dir: "auto", text: part }));

// crypto.randomUUID is missing on plain http, where people try things out in a local network.
const uuid = () => crypto.randomUUID?.() ??
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("")
    .replace(/(.{8})(.{4}).(.{3}).(.{3})(.{12})/, "$1-$2-4$3-a$4-$5");

// XMLHttpRequest for everything, because fetch cannot report upload progress.
const request = (method, url, body, { progress, signal, token } = {}) => new Promise((resolve) => {
  const xhr = new XMLHttpRequest();
  xhr.open(method, url);
  xhr.timeout = body instanceof FormData ? 180000 : 30000;
  xhr.withCredentials = true;
  if (token) xhr.setRequestHeader("X-CSRF-Token", token);
  if (typeof body === "string") xhr.setRequestHeader("Content-Type", "application/json");
  if (progress) xhr.upload.onprogress = (e) => e.lengthComputable && progress(e.loaded / e.total);
  xhr.onloadend = () => {
    let data = null;
    try { data = JSON.parse(xhr.responseText); } catch { /* judged below */ }
    const ok = xhr.status === 200 && Array.isArray(data?.messages);
    resolve({ ok, status: xhr.status === 200 && !ok ? 0 : xhr.status, data: data ?? {} });
  };
  if (signal?.aborted) { resolve({ ok: false, status: 0, data: {} }); return; }
  signal?.addEventListener("abort", () => xhr.abort());
  xhr.send(body ?? null);
});

export class MentorChat extends HTMLElement {
  #strings = STRINGS;
  #ui = null;
  #messages = [];
  #nodes = new Map();
  #cursor = 0;
  #queue = [];
  #busy = false;
  #ready = false;
  #starting = null;
  #proven = false; // the server has accepted our cookie at least once since the last start
  #events = null;
  #missed = false; // something came by event while an answer was awaited
  #token = ""; // shows the server that what is written comes from who read its replies
  #poll = null;
  #pollTimer = 0;
  #waiting = false; // the server still works on something that was sent
  #file = null;
  #editor = null; // a promise of what cuts the photo in the tray
  #camera = null; // calls the camera off
  #stick = true;
  #listeners = null;
  #wake = null;

  get strings() { return this.#strings; }
  set strings(changes) {
    this.#strings = { ...STRINGS, ...changes };
    if (this.#ui) this.#build();
  }

  connectedCallback() {
    // A page may set the property before this module has loaded.
    if (Object.hasOwn(this, "strings")) {
      const early = this.strings;
      delete this.strings;
      this.strings = early;
    }
    if (!this.shadowRoot) this.attachShadow({ mode: "open" });
    if (!this.#ui) this.#build();
    if (this.#isLauncher && !this.#listeners) this.#launch();
    this.#listeners = new AbortController();
    const { signal } = this.#listeners;
    const network = () => {
      this.#ui.offline.hidden = navigator.onLine;
      if (navigator.onLine) {
        this.#wake?.();
        if (this.#ready) { this.#pump(); this.#pollNow(); } else if (this.#wanted) this.#start();
      }
    };
    window.addEventListener("online", network, { signal });
    window.addEventListener("offline", network, { signal });
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) this.#deafen(); else this.#pollNow();
    }, { signal });
    this.#ui.offline.hidden = navigator.onLine;
    if (this.#ready) this.#pollNow(); else if (this.#wanted) this.#start();
  }

  get #isLauncher() { return this.getAttribute("mode") === "launcher"; }

  // A launcher that nobody opened asks the server for nothing.
  get #wanted() { return !this.#isLauncher || this.hasAttribute("open"); }

  async #launch() {
    const { launch } = await import("./launcher.js");
    launch(this, {
      panel: this.#ui.panel, head: this.#ui.head, strings: this.#strings, el, fill,
      opened: () => {
        if (this.#ready) this.#pollNow(); else this.#start();
        this.#grow();
        this.#showLatest();
        this.#ui.input.focus();
      },
    });
  }

  disconnectedCallback() {
    this.#listeners?.abort();
    this.#camera?.abort();
    this.#poll?.abort();
    this.#deafen();
    clearTimeout(this.#pollTimer);
  }

  // ---------------------------------------------------------------- frame

  #build() {
    const s = this.#strings;
    const draft = this.#ui?.input.value ?? "";
    this.#ui?.sizes.disconnect();
    this.#camera?.abort();
    const ui = this.#ui = {};

    ui.progressLabel = el("span", { id: "progress-label", "data-testid": "progress", dir: "auto" });
    ui.progressStep = el("span", { class: "step" });
    ui.bar = el("progress", { "aria-labelledby": "progress-label" });
    ui.progress = el("div", { class: "progress", hidden: true },
      el("div", { class: "progress-words" }, ui.progressLabel, ui.progressStep), ui.bar);

    ui.log = el("div", { role: "log", "aria-live": "polite", "aria-label": s.conversation, "data-testid": "log" });
    // Unsent bubbles stay outside the live region: otherwise a screen reader says every answer twice.
    ui.pending = el("div");
    ui.dots = el("div", { class: "msg typing", "aria-hidden": "true", hidden: true },
      el("div", { class: "bubble" }, el("i"), el("i"), el("i")));
    ui.scroll = el("div", {
      class: "scroll", tabindex: "0", role: "region", "aria-label": s.conversation, onscroll: () => this.#scrolled(),
    }, ui.log, ui.pending, ui.dots);
    ui.jump = el("button", {
      type: "button", class: "jump", hidden: true, text: s.newest, onclick: () => { this.#rest(); this.#toBottom(); },
    });

    ui.status = el("div", { class: "vh", role: "status" });
    ui.offline = el("p", { class: "offline", role: "status", hidden: true, text: s.offline });
    ui.error = el("div", { class: "error", role: "alert", "data-testid": "error", hidden: true });

    ui.tray = el("div", { class: "tray", hidden: true, "data-testid": "photo-panel" });
    ui.file = el("input", {
      type: "file", accept: "image/*", hidden: true, tabindex: "-1", "aria-label": s.choosePhoto,
      "data-testid": "file", onchange: () => { this.#offer(ui.file.files[0]); ui.file.value = ""; },
    });

    ui.extra = el("div", { hidden: true });
    ui.label = el("label", { for: "text" });
    ui.hint = el("span", { id: "hint", class: "hint" });
    ui.input = el("textarea", {
      id: "text", rows: "1", dir: "auto", autocomplete: "off", enterkeyhint: "send",
      "aria-describedby": "hint", "data-testid": "input",
      oninput: () => { this.#clearError(); this.#grow(); },
      onkeydown: (e) => {
        // While an input method is composing (Chinese, Japanese, …) Enter only confirms the word.
        if (e.key !== "Enter" || e.shiftKey || e.isComposing || e.keyCode === 229) return;
        e.preventDefault();
        this.#submit();
      },
    });
    ui.input.value = draft;
    ui.composer = el("div", { class: "composer" },
      el("div", { class: "field", onclick: () => ui.input.focus() },
        el("div", { class: "field-words" }, ui.label, ui.hint), ui.input),
      el("button", { type: "button", class: "primary send", text: s.send, "data-testid": "send", onclick: () => this.#submit() }));

    ui.drop = el("div", { class: "drop", hidden: true, "aria-hidden": "true" }, el("span", { text: s.dropHere }));

    ui.head = el("header", { class: "head" }, el("span", { class: "mark", "aria-hidden": "true", text: "J" }),
      el("div", {}, el("h2", { id: "title", text: this.getAttribute("title") || s.title }), el("p", { text: s.subtitle })));
    ui.panel = el("section", {
      class: "panel", "aria-labelledby": "title", hidden: true,
      onpaste: (e) => this.#paste(e), ondragenter: (e) => this.#drag(e), ondragover: (e) => this.#drag(e),
      ondragleave: (e) => { if (!ui.panel.contains(e.relatedTarget)) ui.drop.hidden = true; },
      ondrop: (e) => {
        if (!this.#drag(e)) return;
        ui.drop.hidden = true;
        this.#offer(e.dataTransfer.files[0]);
      },
    },
      ui.head, ui.progress, ui.offline,
      ui.scroll, ui.jump,
      ui.error, ui.extra, ui.tray, ui.file, ui.composer, ui.status, ui.drop);

    // Shown only once styled, so that the raw controls never flash up.
    const show = () => { ui.panel.hidden = false; this.#grow(); this.#showLatest(); };
    const css = el("link", {
      rel: "stylesheet", href: new URL("./mentor-chat.css", import.meta.url).href, onload: show, onerror: show,
    });
    this.shadowRoot.replaceChildren(css, ui.panel);

    // A phone keyboard or a growing text box makes the list shorter; keep its end in sight.
    ui.sizes = new ResizeObserver(() => { if (this.#stick) this.#toBottom(); this.#scrolled(); });
    ui.sizes.observe(ui.scroll);

    this.#nodes.clear();
    for (const message of this.#messages) this.#append(message);
    for (const item of this.#queue) this.#showPending(item);
    this.#refresh();
  }

  // ---------------------------------------------------------------- messages

  #append(message) {
    if (message.divider) {
      this.#ui.log.append(el("p", { class: "divider", text: this.#strings.newChat }));
      return;
    }
    const node = this.#render(message);
    this.#nodes.set(message, node);
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
      "data-question": m.question, "data-input": m.input, "data-id": m.id,
    });
    if (m.text) bubble.append(el("div", { "data-testid": "text", dir: "auto" }, ...paragraphs(m.text)));
    if (m.notice) bubble.append(el("div", { class: "notice", dir: "auto" }, ...paragraphs(m.notice)));
    if (m.clause) bubble.append(el("blockquote", { class: "clause", dir: "auto" }, ...paragraphs(m.clause)));
    if (m.example) bubble.append(el("div", { class: "example", dir: "auto" }, ...paragraphs(m.example)));
    if (m.photo) bubble.append(this.#picture(m.photo));
    for (const section of m.sections ?? []) bubble.append(this.#section(m, section));
    if (m.links?.length) bubble.append(el("p", { class: "links" }, ...m.links.map((each) => this.#link(each))));
    if (!bubble.firstChild) bubble.remove();
    if (m.buttons?.length) {
      const kind = m.input === "consent" ? "buttons equal" : "buttons";
      node.append(el("div", { class: kind }, ...m.buttons.map((b) => this.#button(m, b))));
    }
    return node;
  }

  #link({ label, url }) {
    const to = this.#address(url);
    return [this.#origin, "https://t.me"].includes(to.origin) &&
      el("a", { href: to.href, target: "_blank", rel: "noopener", text: label, dir: "auto" });
  }

  #picture(src) {
    const url = this.#address(src);
    return url.origin === this.#origin &&
      el("img", { class: "photo", src: url.href, alt: this.#strings.photoAlt });
  }

  #section(m, { title, rows }) {
    return el("div", { class: "section" },
      title && el("h3", { text: title, dir: "auto" }),
      el("dl", {}, ...(rows ?? []).map((row) => el("div", { class: "row" },
        el("dt", { text: row.label, dir: "auto" }),
        el("dd", {},
          row.photo ? this.#picture(row.photo) : el("div", { class: "value", dir: "auto", text: row.value || this.#strings.empty }),
          row.change && this.#button(m, row.change, `${row.change.label}: ${row.label}`))))));
  }

  #button(m, { label, payload, style }, name) {
    return el("button", {
      type: "button", class: style === "secondary" ? "choice quiet" : "choice", text: label, "aria-label": name, dir: "auto",
      onclick: () => {
        // The attribute is set a moment later; a fast second click must already find the queue filled.
        if (this.#queue.length || this.#nodes.get(m).classList.contains("past")) return;
        this.#clearError();
        this.#rest();
        this.#enqueue({ button: payload, shown: m.input === "date" && style !== "secondary" ? DOTS : label });
      },
    });
  }

  // The last question, unless the bot answered the message after it without asking again.
  #question() {
    const last = this.#messages.findLastIndex((m) => m.question);
    const said = this.#messages.findIndex((m, i) => i > last && m.from === "mentor");
    return said > 0 && this.#messages.at(-1).from !== "mentor" ? undefined : this.#messages[last];
  }

  // Where the present begins: with what the bot said right before the open question, or last of all if none is open.
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
      const node = this.#nodes.get(m);
      node?.classList.toggle("past", i < from);
      // The dates offered are as personal as the date.
      if (i < from && m.input === "date") {
        m.buttons = [];
        node.querySelector(".buttons")?.remove();
      }
      node?.querySelectorAll("button").forEach((b) => { b.disabled = waiting || i < from; });
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
    ui.label.textContent = s[`label_${current?.input}`] ?? s.label_none;
    this.#offerDate(current?.input === "date" && !waiting);
    this.#grow();
    this.#tray();
  }

  #receive({ messages, cursor, pending }, quiet = false) {
    this.#waiting = Boolean(pending);
    const known = new Set();
    for (const m of this.#messages) if (m.divider) known.clear(); else known.add(m.id);
    const fresh = messages.filter((m) => !known.has(m.id)).sort((a, b) => a.id - b.id);
    for (const m of fresh) { this.#messages.push(m); this.#append(m); }
    this.#cursor = Math.max(this.#cursor, Number(cursor) || 0, ...fresh.map((m) => m.id));
    this.#refresh();
    if (!fresh.length) return;
    const said = fresh.filter((m) => m.from !== "mentor").length;
    if (quiet && said) this.dispatchEvent(new CustomEvent("news", { detail: said }));
    // Someone reading further up is not pulled away by a message that came on its own.
    if (!quiet || this.#stick) this.#showLatest(); else this.#scrolled();
  }

  // ---------------------------------------------------------------- scrolling

  #scrolled() {
    const { scroll, jump } = this.#ui;
    const below = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight;
    this.#stick = below < 40;
    jump.hidden = below < 100;
  }

  #toBottom() {
    this.#ui.scroll.scrollTop = this.#ui.scroll.scrollHeight;
    this.#scrolled();
  }

  // For buttons that vanish when pressed: without this the focus falls back to the top of the page.
  #rest() { this.#ui.scroll.focus({ preventScroll: true }); }

  // To the end, but never past the beginning of what the bot said last.
  #showLatest() {
    const { scroll } = this.#ui;
    let first = this.#messages.length;
    while (first && this.#messages[first - 1].from === "bot") first--;
    const node = this.#nodes.get(this.#messages[first]);
    const end = scroll.scrollHeight - scroll.clientHeight;
    scroll.scrollTop = node && !this.#queue.length ? Math.min(end, node.offsetTop - 8) : end;
    this.#scrolled();
  }

  // ---------------------------------------------------------------- words for the person

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
    if (on && this.#stick) this.#toBottom();
  }

  // ---------------------------------------------------------------- composer

  #grow() {
    const { input, hint } = this.#ui;
    const s = this.#strings;
    input.style.height = "auto";
    input.style.height = `${input.scrollHeight}px`;
    const { input: kind, max_length: max } = this.#question() ?? {};
    // Counted in whole characters, so that an emoji is one here as on the server.
    const n = max ? [...input.value.trim()].length : 0;
    const near = max && n >= max * 0.8;
    hint.textContent = near
      ? fill(n > max ? s.countOver : s.count, { n: n.toLocaleString(), max: max.toLocaleString() })
      : kind === "long_text" ? s.longHint : "";
    hint.classList.toggle("over", Boolean(near && n > max));
    hint.classList.toggle("keys", !near);
  }

  #submit() {
    const { input } = this.#ui;
    const text = input.value.trim();
    input.focus();
    if (!text) return;
    this.#clearError();
    input.value = "";
    // A date is personal: dots until the server sends back what may be shown.
    const date = this.#question()?.input === "date";
    this.#enqueue({ text: text.toWellFormed?.() ?? text, date, shown: date ? DOTS : text });
  }

  // The calendar of the device, for whoever prefers it.
  async #offerDate(wanted) {
    const { extra } = this.#ui;
    extra.hidden = !wanted;
    if (!wanted || extra.firstChild) return;
    const { dateField } = await import("./date.js");
    extra.replaceChildren(dateField({
      strings: this.#strings, el,
      send: (text) => { this.#clearError(); this.#rest(); this.#enqueue({ text, date: true, shown: DOTS }); },
    }));
  }

  #giveBack(item) {
    if (item.text !== undefined) {
      const { input } = this.#ui;
      input.value = [item.text, input.value].filter(Boolean).join("\n");
      input.focus();
    } else if (item.file && !this.#file) this.#file = item.original;
  }

  // ---------------------------------------------------------------- photo

  #drag(e) {
    if (!e.dataTransfer?.types.includes("Files")) return false;
    e.preventDefault(); // without this the browser opens the file and leaves the page
    this.#ui.drop.hidden = false;
    return true;
  }

  #paste(e) {
    // Word processors put a picture of the text next to the text; then the text is what was meant.
    const { files } = e.clipboardData;
    if (!files.length || e.clipboardData.types.includes("text/plain")) return;
    e.preventDefault();
    this.#offer(files[0]);
  }

  #offer(file) {
    if (!file) return;
    if (file.size > MAX_FILE) { this.#showError(this.#strings.tooBig); return; }
    this.#clearError();
    this.#file = file;
    this.#tray();
    this.shadowRoot.querySelector("[data-testid=photo-send]").focus();
  }

  #preview(file) {
    const src = URL.createObjectURL(file);
    const done = () => URL.revokeObjectURL(src);
    const img = el("img", {
      class: "photo", src, alt: this.#strings.previewAlt, onload: done,
      // Not every browser can show every camera format; the name is enough then.
      onerror: () => { done(); img.remove(); },
    });
    return img;
  }

  #tray() {
    const { tray, file } = this.#ui;
    const s = this.#strings;
    const wanted = this.#question()?.input === "photo";
    const held = this.#file;
    const state = held ?? (wanted && !this.#queue.length && "ask");
    tray.hidden = !state;
    if (tray.state === state) return;
    tray.state = state;
    this.#editor?.then((editor) => editor?.dispose());
    this.#editor = null;
    const pick = () => file.click();
    if (!held) {
      tray.replaceChildren(
        el("button", { type: "button", class: "primary", text: s.choosePhoto, "data-testid": "photo-choose", onclick: pick }),
        // Only there on a page that came over https, or from this machine.
        navigator.mediaDevices?.getUserMedia ? el("button", {
          type: "button", class: "choice", text: s.useCamera, "data-testid": "photo-camera", onclick: () => this.#shoot(),
        }) : "",
        el("span", { class: "tray-hint", text: s.choosePhotoHint }));
      return;
    }
    const drop = () => { this.#file = null; this.#tray(); this.#ui.input.focus(); };
    // Some systems do not know what kind of file a phone's photo is.
    const image = held.type.startsWith("image/") || /\.hei[cf]$/i.test(held.name);
    const edit = image && el("div", { class: "edit" });
    tray.replaceChildren(
      el("div", { class: "held" },
        el("span", { class: "file-name", dir: "auto", text: held.name }),
        el("button", { type: "button", class: "quiet", text: s.removePhoto, onclick: drop })),
      edit || "",
      el("div", { class: "buttons" },
        el("button", {
          type: "button", class: "primary", text: image ? s.sendPhoto : s.sendFile, "data-testid": "photo-send",
          onclick: async (e) => {
            if (e.currentTarget.ariaDisabled) return;
            e.currentTarget.ariaDisabled = "true";
            const editor = await this.#editor;
            const cut = await editor?.result().catch(() => null);
            if (this.#file !== held) return;
            this.#file = null;
            this.#clearError();
            this.#rest();
            this.#enqueue({ file: cut ?? held, original: held, stop: new AbortController() });
          },
        }),
        el("button", { type: "button", class: "choice", text: s.chooseAnother, onclick: pick })));
    if (edit) this.#editor = this.#edit(held, edit);
  }

  // Without the module (the line was cut meanwhile) the photo can be looked at and sent as it is.
  async #edit(file, place) {
    try {
      const { crop } = await import("./photo.js");
      const editor = await crop(file, { strings: this.#strings.photo, el });
      // Another one may have been chosen while this one was decoded.
      if (this.#ui.tray.contains(place)) {
        place.append(editor.element);
        return editor;
      }
      editor.dispose();
    } catch {
      place.append(this.#preview(file));
    }
    return null;
  }

  async #shoot() {
    if (this.#camera) return;
    const camera = this.#camera = new AbortController();
    try {
      const { shoot } = await import("./camera.js");
      if (camera.signal.aborted) return;
      this.#offer(await shoot({ strings: this.#strings.camera, el, root: this.shadowRoot, signal: camera.signal }));
    } catch {
      this.#showError(this.#strings.unknownError);
    } finally {
      this.#camera = null;
    }
  }

  // ---------------------------------------------------------------- sending

  #enqueue(item) {
    item.id = uuid();
    this.#queue.push(item);
    this.#showPending(item);
    this.#refresh();
    this.#toBottom();
    this.#pump();
  }

  #showPending(item) {
    const { node, bubble } = this.#shell("mentor", item.file ? "photo" : "say", { "data-pending": "true" });
    if (item.file) bubble.append(this.#preview(item.file), el("span", { class: "file-name", text: item.file.name }));
    else bubble.append(el("div", { "data-testid": "text", dir: "auto" }, ...paragraphs(item.shown)));
    item.bar = item.file && el("progress", { max: "1", value: "0", "aria-label": this.#strings.sendPhoto });
    item.words = el("span");
    item.note = el("div", { class: "note" }, item.words);
    if (item.file) {
      // Made once: a button that is made anew at every percent cannot be pressed.
      item.cancel = el("button", {
        type: "button", class: "choice", text: this.#strings.cancelUpload, "data-testid": "cancel",
        onclick: () => {
          item.stop.abort();
          // What is under way ends by itself; the rest only waits.
          if (this.#busy && this.#queue[0] === item) this.#wake?.(); else this.#callOff(item);
        },
      });
      item.note.append(item.cancel);
    }
    node.append(...[item.bar, item.note].filter(Boolean));
    item.node = node;
    this.#ui.pending.append(node);
    this.#mark(item, item.mark);
  }

  #mark(item, mark, percent) {
    const s = this.#strings;
    item.mark = mark;
    const words = percent === undefined ? s[mark ?? "sending"] : fill(s[mark], { percent });
    item.words.textContent = words;
    item.node.classList.toggle("failed", mark === "notSent");
    item.retry?.remove();
    if (mark === "notSent") {
      item.retry = el("button", {
        type: "button", class: "choice", text: s.retry, "data-testid": "retry", onclick: () => { this.#rest(); this.#pump(); },
      });
      item.words.after(item.retry);
    }
    if (item.cancel) {
      // What the service has whole can no longer be called back.
      const gone = mark === "checking" || mark === "waiting";
      if (gone && this.shadowRoot.activeElement === item.cancel) this.#rest();
      item.cancel.hidden = gone;
    }
    if (mark === "notSent" || mark === "tryingAgain") {
      this.#say(words);
      if (this.#stick) this.#toBottom();
    }
  }

  // One at a time and in order: an answer must never overtake the one before it.
  async #pump() {
    if (this.#busy || !this.#ready || !this.#queue.length) return;
    this.#busy = true;
    this.#poll?.abort();
    while (this.#queue.length && await this.#deliver(this.#queue[0]));
    this.#busy = false;
    if (this.#missed) { this.#missed = false; this.#pollNow(); } else this.#schedule();
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
      // 403: the token is of another session, because the page was open in two windows while one began anew.
      if (status === 401 || status === 403) {
        if (!this.#proven) { this.#reject(item, s.noSession); return true; }
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

  // The server holds the message safely but has no reply yet: its own words are shown, the bubble stays until then.
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
    if (!item.file) {
      const timer = setTimeout(() => this.#typing(true), TYPING_MS);
      // When the reply is long in coming, the bot says so meanwhile.
      const peek = setInterval(async () => {
        const { ok, data } = await request("GET", `${api}/messages?after=${this.#cursor}`);
        if (ok) this.#receive(data, true);
      }, PEEK_MS);
      const words = item.date ? { date: item.text } : { text: item.text, button: item.button };
      const body = JSON.stringify({ id: item.id, after: this.#cursor, ...words });
      const answer = await request("POST", `${api}/${item.date ? "dates" : "messages"}`, body, { token: this.#token });
      clearTimeout(timer);
      clearInterval(peek);
      this.#typing(false);
      return answer;
    }
    const form = new FormData();
    form.append("id", item.id);
    form.append("after", this.#cursor);
    form.append("file", item.file, item.file.name);
    return request("POST", `${api}/photos`, form, {
      token: this.#token,
      signal: item.stop.signal,
      progress: (part) => {
        item.bar.value = part;
        this.#mark(item, part < 1 ? "uploading" : "checking", Math.floor(part * 100));
      },
    });
  }

  #settle(item) {
    this.#queue = this.#queue.filter((each) => each !== item);
    item.node.remove();
    this.#say("");
  }

  #callOff(item) {
    this.#settle(item);
    this.#giveBack(item);
    this.#refresh();
    this.#say(this.#strings.uploadCancelled);
    this.shadowRoot.querySelector("[data-testid=photo-send]")?.focus();
  }

  #reject(item, sentence) {
    this.#settle(item);
    this.#giveBack(item);
    this.#refresh();
    this.#showError(sentence);
  }

  #placeFocus(item) {
    const inside = this.shadowRoot.activeElement;
    if (!inside) return;
    const text = TEXT_INPUTS.includes(this.#question()?.input);
    const touch = matchMedia("(pointer: coarse)").matches;
    // On a phone the focus decides whether the keyboard covers half of the chat.
    if (touch && !text && !this.#ui.input.value) this.#rest();
    else if (text && (!touch || item.text)) this.#ui.input.focus();
  }

  // Ends early when the network comes back.
  #pause(ms) {
    return new Promise((resolve) => {
      this.#wake = resolve;
      setTimeout(resolve, ms);
    });
  }

  // ---------------------------------------------------------------- session and polling

  // Where the module comes from, the service is.
  #api() { return this.#address(this.getAttribute("api") || "/api").href.replace(/\/$/, ""); }

  #address(path) { return new URL(path, import.meta.url); }

  get #origin() { return new URL(this.#api()).origin; }

  // What is said is shown as it is said, also what another tab said.
  #listen() {
    if (this.#events || !window.EventSource || document.hidden || !this.isConnected) return;
    const events = this.#events = new EventSource(`${this.#api()}/events?after=${this.#cursor}`, { withCredentials: true });
    events.addEventListener("messages", (e) => {
      // While an answer is awaited, it brings the same.
      if (this.#busy) this.#missed = true; else this.#receive(JSON.parse(e.data), true);
    });
    events.addEventListener("typing", (e) => { if (!this.#busy) this.#typing(JSON.parse(e.data).typing); });
    events.onerror = () => {
      if (events.readyState !== EventSource.CLOSED) return; // it tries again by itself
      this.#deafen();
      this.#schedule();
    };
  }

  #deafen() {
    this.#events?.close();
    this.#events = null;
  }

  #start() {
    this.#starting ??= this.#open().finally(() => { this.#starting = null; });
    return this.#starting;
  }

  async #open() {
    const { log } = this.#ui;
    this.#ready = false;
    this.#typing(true);
    const opened = {
      time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone ?? "",
      link: new URL(location.href).searchParams.get("continue") ?? "",
    };
    let answer;
    for (let attempt = 0; ; attempt++) {
      answer = await request("POST", `${this.#api()}/session`, JSON.stringify(opened));
      if (!RETRY_STATUS.includes(answer.status) || attempt >= BACKOFF_MS.length) break;
      await this.#pause(BACKOFF_MS[attempt]);
    }
    this.#typing(false);
    if (!answer.ok) {
      this.#showError(answer.data.error || this.#strings.startFailed, () => this.#start().then(() => this.#pump()));
      return false;
    }
    this.dispatchEvent(new Event("ready"));
    if (opened.link) {
      // It works once, and is nobody else's business.
      const here = new URL(location.href);
      here.searchParams.delete("continue");
      history.replaceState(history.state, "", here);
    }
    const { messages, token } = answer.data;
    this.#token = token;
    // Numbers may begin at 1 in every conversation, so the last message has to be there with its time.
    const held = this.#messages.at(-1);
    const same = held && messages.some((m) => m.id === held.id && m.at === held.at);
    if (held && !same) {
      // What was said stays readable, for instance the words that confirm a deletion.
      const mark = { divider: true };
      this.#messages.push(mark);
      this.#append(mark);
      this.#cursor = 0;
    }
    this.#clearError();
    this.#ready = true;
    this.#proven = false;
    // A long transcript is not read out from its first line when someone comes back.
    if (messages.length > 6) log.setAttribute("aria-live", "off");
    this.#receive(answer.data);
    setTimeout(() => log.setAttribute("aria-live", "polite"), 300);
    this.#deafen(); // the session may be another one
    this.#listen();
    if (this.#queue.length) this.#pump();
    this.#schedule();
    return same ? "same" : "new";
  }

  #schedule() {
    clearTimeout(this.#pollTimer);
    const wait = this.#queue.length ? BACKOFF_MS.at(-1) : this.#waiting ? WAITING_MS : this.#events ? CHECK_MS : POLL_MS;
    if (this.isConnected) this.#pollTimer = setTimeout(() => this.#pollNow(), wait);
  }

  async #pollNow() {
    const idle = this.#ready && !this.#queue.length && !this.#poll;
    // What could not be sent goes by itself later; a photo, which may cost money, only when told.
    if (this.#ready && this.#queue.length && !this.#queue[0].file) this.#pump();
    if (document.visibilityState !== "visible" || !idle || !this.isConnected) { this.#schedule(); return; }
    clearTimeout(this.#pollTimer);
    const poll = this.#poll = new AbortController();
    const { ok, status, data } = await request("GET", `${this.#api()}/messages?after=${this.#cursor}`, null, { signal: poll.signal });
    this.#poll = null;
    // Overtaken by something the person sent: its own answer brings the same messages.
    if (!poll.signal.aborted) {
      if (ok) { this.#proven = true; this.#receive(data, true); this.#listen(); }
      else if (status === 401 && this.#proven) await this.#start();
      else if (status === 401) {
        // Refused straight after a start: asking again would only open one empty chat after another.
        this.#ready = false;
        this.#showError(this.#strings.noSession, () => this.#start());
      }
    }
    this.#schedule();
  }
}

if (!customElements.get("jobgen-mentor-chat")) {
  customElements.define("jobgen-mentor-chat", MentorChat);
  // A page that has the script alone gets a launcher, with what the script tag's data-… say.
  if (!document.querySelector("jobgen-mentor-chat")) {
    const script = [...document.scripts].find((each) => each.src === import.meta.url);
    if (script) document.body.append(el("jobgen-mentor-chat", { mode: "launcher", ...script.dataset }));
  }
}
