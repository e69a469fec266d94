/** What the pages share that Telegram opens as Mini Apps. Telegram's own script is not needed: nothing comes from another server. */

import { el } from "./text.js";

/** What Telegram signed; it stands in the address's fragment. */
export const signed = new URLSearchParams(location.hash.slice(1)).get("tgWebAppData") ?? "";

/** Tell Telegram something, in each of the ways in which its apps listen: core.telegram.org/api/web-events. */
export const tell = (event) => {
  const message = JSON.stringify({ eventType: event, eventData: null });
  if (window.TelegramWebviewProxy) window.TelegramWebviewProxy.postEvent(event, "null");
  else if (typeof window.external?.notify === "function") window.external.notify(message);
  else if (window.parent !== window) window.parent.postMessage(message, "https://web.telegram.org");
};

/** Say the one sentence of the page that fits; "" for none. */
export const say = (state) => {
  for (const each of document.querySelectorAll("[data-state]")) each.hidden = each.dataset.state !== state;
};

const answer = async (path, body, headers) => {
  try {
    const response = await fetch(path, { method: "POST", headers, body });
    return { status: response.status, data: await response.json().catch(() => ({})) };
  } catch {
    return { status: 0, data: {} };
  }
};

/** @returns {Promise<{status: number, data: object}>} never rejects; status 0: no answer */
export const post = (path, body) =>
  answer(path, JSON.stringify({ init_data: signed, ...body }), { "Content-Type": "application/json" });

/** Post a file; the rest is as for `post`. */
export const upload = (path, file) => {
  const form = new FormData();
  form.append("init_data", signed);
  form.append("file", file, file.name);
  return answer(path, form);
};

/** The words of the chat in the page's language; none in English, which its modules have. */
export const words = async () => {
  const language = document.documentElement.lang;
  return language === "en" ? {} : import(`./locales/${language}.js`).then((file) => file.default, () => ({}));
};

/** Give an element of the page a part of the chat, with these style sheets of it; once. */
export const styled = async (place, ...names) => {
  if (place.shadowRoot) return;
  const root = place.attachShadow({ mode: "open" });
  await Promise.all(names.map((name) => new Promise((done) => {
    const href = new URL(`./${name}.css`, import.meta.url).href;
    root.append(el("link", { rel: "stylesheet", href, onload: done, onerror: done }));
  })));
};
