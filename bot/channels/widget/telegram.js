/** What the pages share that Telegram opens as Mini Apps. Telegram's own script is not needed: nothing comes from another server. */

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

/** @returns {Promise<{status: number, data: object}>} never rejects; status 0: no answer */
export const post = async (path, body) => {
  try {
    const response = await fetch(path, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ init_data: signed, ...body }),
    });
    return { status: response.status, data: await response.json().catch(() => ({})) };
  } catch {
    return { status: 0, data: {} };
  }
};
