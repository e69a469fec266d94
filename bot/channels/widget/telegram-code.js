/** The page for the code of ethics that Telegram opens as a Mini App: the card of the chat, and nothing beside it. */

import { Card } from "./clauses.js";
import { uuid } from "./network.js";
import { post, say, signed, styled, tell, words } from "./telegram.js";
import { el } from "./text.js";

/** What a response's status tells the mentor; others can be tried again. */
const STATES = { 401: "expired", 404: "not-asked", 409: "too-quick" };
const FINAL = ["expired", "not-asked"];

const place = document.getElementById("code");
const again = document.querySelector("main > button");
const queue = [];
let busy = false;
let card = null;
let pressMs = 0;

const show = (state) => {
  say(state && `code-page-${state}`);
  place.hidden = FINAL.includes(state) || state === "sent";
  again.hidden = state !== "failed";
};

const finish = () => {
  show("sent");
  tell("web_app_close");
};

// One at a time and in order, as in the chat.
const pump = async () => {
  if (busy) return;
  busy = true;
  while (queue.length) {
    const [item] = queue;
    const { status, data } = await post(`${location.pathname}/presses`, {
      id: item.id, button: item.button, seen: item.on.id, seen_ms: item.ms,
    });
    const state = status === 200 ? "" : STATES[status] ?? "failed";
    show(state);
    if (state === "failed") break; // it stays in the queue
    queue.shift();
    item.node.remove();
    if (FINAL.includes(state)) break;
    if (status === 200 && !data.card) { finish(); return; }
    for (const { id, answer } of data.card?.clauses ?? []) card.take({ on_clause: id, chosen: answer });
    card.refresh();
  }
  busy = false;
};

const open = async () => {
  show("loading");
  const { status, data } = await post(location.pathname, {});
  if (status !== 200) { show(STATES[status] ?? "failed"); return; }
  const { card: texts = {} } = await words();
  const m = data.card;
  pressMs = data.press_ms;
  await styled(place, "mentor-chat", "clauses");
  const inner = el("div", { class: "card" });
  const scroll = el("div", { class: "scroll", tabindex: "0" }, el("div", { class: "msg bot" }, el("div", { class: "bubble" },
    m.notice && el("div", { class: "notice", dir: "auto", text: m.notice }), inner)));
  place.shadowRoot.querySelector(".panel")?.remove();
  place.shadowRoot.append(el("div", { class: "panel" }, scroll));
  show("");
  card = new Card(inner, m, scroll, {
    words: texts,
    queue: () => queue,
    send: (item, at) => {
      const node = el("div", { class: "note" });
      queue.splice(at, 0, { ...item, id: uuid(), on: m, node });
      card.refresh();
      pump();
    },
    early: (_button, ms) => {
      if (ms >= pressMs) return false;
      show("too-quick");
      return true;
    },
  });
};

again.addEventListener("click", () => { if (card) { show(""); pump(); } else open(); });
if (signed) open(); else show("expired");
tell("web_app_ready");
