/**
 * The page for the date of birth that Telegram opens as a Mini App. What Telegram signed stands in the address's
 * fragment, so Telegram's own script is not needed, and nothing is loaded from another server.
 */

const SIGNED = "tgWebAppData";
/** What a response's status tells the mentor. */
const STATES = { 200: "sent", 401: "expired", 409: "not-asked" };

const signed = new URLSearchParams(location.hash.slice(1)).get(SIGNED) ?? "";
const form = document.querySelector("form");
const field = document.getElementById("date");

/** Tell Telegram something, in each of the ways in which its apps listen: core.telegram.org/api/web-events. */
const tell = (event) => {
  const message = JSON.stringify({ eventType: event, eventData: null });
  if (window.TelegramWebviewProxy) window.TelegramWebviewProxy.postEvent(event, "null");
  else if (typeof window.external?.notify === "function") window.external.notify(message);
  else if (window.parent !== window) window.parent.postMessage(message, "https://web.telegram.org");
};

const show = (state) => {
  for (const each of document.querySelectorAll("[data-state]")) each.hidden = each.dataset.state !== `date-page-${state}`;
  form.hidden = state === "sent" || state === "expired" || state === "not-asked";
  form.querySelector("button").disabled = state === "sending";
};

const send = async () => {
  show("sending");
  try {
    const response = await fetch(location.pathname, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ init_data: signed, date: field.value }),
    });
    const state = STATES[response.status] ?? "failed";
    show(state);
    if (state === "sent") tell("web_app_close");
  } catch {
    show("failed");
  }
};

form.addEventListener("submit", (event) => {
  event.preventDefault();
  send();
});
if (!signed) show("expired");
tell("web_app_ready");
