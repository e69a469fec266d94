/** The page for the date of birth that Telegram opens as a Mini App. */

import { post, say, signed, tell } from "./telegram.js";

/** What a response's status tells the mentor. */
const STATES = { 200: "sent", 401: "expired", 409: "not-asked" };

const form = document.querySelector("form");
const field = document.getElementById("date");

const show = (state) => {
  say(`date-page-${state}`);
  form.hidden = state === "sent" || state === "expired" || state === "not-asked";
  form.querySelector("button").disabled = state === "sending";
};

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  show("sending");
  const state = STATES[(await post(location.pathname, { date: field.value })).status] ?? "failed";
  show(state);
  if (state === "sent") tell("web_app_close");
});
if (!signed) show("expired");
tell("web_app_ready");
