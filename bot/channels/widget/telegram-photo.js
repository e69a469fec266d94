/** The page for the photo that Telegram opens as a Mini App: the tray of the chat, where a photo is chosen and cropped. */

import { say, signed, styled, tell, upload, words } from "./telegram.js";
import { el } from "./text.js";
import { Tray } from "./tray.js";

/** What a response's status tells the mentor; after others the photo is still there. */
const STATES = { 200: "sent", 401: "expired", 409: "not-asked" };

const place = document.getElementById("photo");
const told = document.querySelector("[data-state=told]");
const failed = document.querySelector("[data-state=photo-page-failed]").textContent;

const show = (state) => {
  say(state && `photo-page-${state}`);
  place.hidden = Boolean(state);
};

/** Show the tray, and above it why the photo was not sent; "" for no reason. */
const fail = (sentence = "") => {
  show("");
  told.textContent = sentence;
  if (sentence) say("told");
};

const open = async () => {
  const texts = { ...await words(), unknownError: failed };
  await styled(place, "mentor-chat", "tray");
  const panel = el("div", { class: "tray", "data-testid": "photo-panel" });
  place.shadowRoot.append(el("div", { class: "panel" }, panel));
  const tray = new Tray({
    root: place.shadowRoot, place: () => panel, strings: () => texts, asked: () => true, rest: () => {},
    leave: () => panel.querySelector("button").focus(), fail,
    send: async ({ file, original }) => {
      show("sending");
      tray.refresh();
      const { status, data } = await upload(location.pathname, file);
      const state = STATES[status];
      if (state) show(state);
      else {
        fail(data.error ?? failed);
        tray.giveBack(original);
        tray.focus();
      }
      if (state === "sent") tell("web_app_close");
    },
  });
  tray.refresh();
  const offer = (event, [file]) => {
    if (!file) return;
    event.preventDefault();
    if (!place.hidden) tray.offer(file);
  };
  addEventListener("dragover", (event) => event.preventDefault()); // else the browser opens the file and leaves the page
  addEventListener("drop", (event) => offer(event, event.dataTransfer.files));
  addEventListener("paste", (event) => offer(event, event.clipboardData.files));
};

if (signed) open(); else show("expired");
tell("web_app_ready");
