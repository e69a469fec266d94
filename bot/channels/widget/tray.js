/** The tray above the text field: for choosing, taking, cropping and sending a photo. Loaded when a photo is requested or offered. */

import { el } from "./text.js";

export const STRINGS = {
  choosePhoto: "Choose a photo",
  useCamera: "Use the camera",
  choosePhotoHint: "You can also drop or paste it here.",
  previewAlt: "The photo you chose",
  sendPhoto: "Send this photo",
  sendFile: "Send this file",
  chooseAnother: "Choose another",
  removePhoto: "Remove",
  uploading: "Sending the photo: {percent} %",
  checking: "Looking at the photo",
  cancelUpload: "Stop sending",
  uploadCancelled: "The photo was not sent. It is still here.",
  tooBig: "This photo is larger than 20 MB. Please choose a smaller one.",
};

const MAX_FILE = 20 * 1024 * 1024;
// Some systems do not know what kind of file a phone's photo is.
const isImage = (file) => file.type.startsWith("image/") || /\.hei[cf]$/i.test(file.name);

export class Tray {
  #chat;
  #file = null;
  #state = null; // what is shown: the file, or that one is asked for
  #editor = null; // a promise of what cuts the photo
  #camera = null; // calls the camera off
  #chooser = null;

  /**
   * @param {{root: ShadowRoot, place: () => HTMLElement, strings: () => object, asked: () => boolean,
   *   rest: () => void, leave: () => void, fail: (sentence?: string) => void, send: (item: object) => void}} chat
   *   `place` returns its parent, `asked` whether the bot waits for a photo; `fail` shows or removes a sentence
   */
  constructor(chat) { this.#chat = chat; }

  /** Its texts and the chat's. */
  get words() { return { ...STRINGS, ...this.#chat.strings() }; }

  // With `capture`, a phone opens its own camera instead of the file chooser.
  #pick(capture) {
    this.#chooser?.remove();
    this.#chooser = el("input", {
      type: "file", accept: "image/*", capture: capture && "user", hidden: true, "data-testid": "file",
      onchange: ({ target }) => this.offer(target.files[0]),
    });
    this.#chat.place().append(this.#chooser);
    this.#chooser.click();
  }

  /** Update the tray. */
  refresh() {
    const chat = this.#chat;
    const s = this.words;
    const tray = chat.place();
    const held = this.#file;
    const state = held ?? (chat.asked() && "ask");
    tray.hidden = !state;
    if (this.#state === state && tray.firstChild) return;
    this.#state = state;
    this.#editor?.then((editor) => editor?.dispose());
    this.#editor = null;
    if (!held) {
      // A phone has its own camera app, which people know and which needs no permission.
      const own = matchMedia("(pointer: coarse)").matches;
      // Only available over https, or on this machine.
      const live = navigator.mediaDevices?.getUserMedia;
      tray.replaceChildren(
        el("button", { type: "button", class: "primary", text: s.choosePhoto, "data-testid": "photo-choose", onclick: () => this.#pick(false) }),
        own || live ? el("button", {
          type: "button", class: "choice", text: s.useCamera, "data-testid": "photo-camera",
          onclick: () => { if (own) this.#pick(true); else this.#shoot(); },
        }) : "",
        el("span", { class: "tray-hint", text: s.choosePhotoHint }));
      return;
    }
    const image = isImage(held);
    const edit = image && el("div", { class: "edit" });
    tray.replaceChildren(
      el("div", { class: "held" },
        el("span", { class: "file-name", dir: "auto", text: held.name }),
        el("button", {
          type: "button", class: "quiet", text: s.removePhoto, onclick: () => { this.#file = null; this.refresh(); chat.leave(); },
        })),
      edit || "",
      el("div", { class: "buttons" },
        el("button", {
          type: "button", class: "primary", text: image ? s.sendPhoto : s.sendFile, "data-testid": "photo-send",
          onclick: (e) => this.#send(e.currentTarget, held),
        }),
        el("button", { type: "button", class: "choice", text: s.chooseAnother, onclick: () => this.#pick(false) })));
    if (edit) this.#editor = this.#edit(held, edit);
  }

  /** Show a file that was chosen, dropped, pasted or taken. */
  offer(file) {
    if (!file) return;
    // A photo is made smaller before it is sent.
    if (file.size > MAX_FILE && !isImage(file)) { this.#chat.fail(this.words.tooBig); return; }
    this.#chat.fail();
    this.#file = file;
    this.focus();
  }

  /** Show the current file, with the focus on Send. */
  focus() {
    this.refresh();
    this.#chat.place().querySelector("[data-testid=photo-send]")?.focus();
  }

  /** Keep a file that could not be sent, unless there is another one by now. */
  giveBack(file) { this.#file ??= file; }

  /** A small picture of a file; it disappears if the browser cannot show it. */
  preview(file) {
    const src = URL.createObjectURL(file);
    const done = () => URL.revokeObjectURL(src);
    const img = el("img", {
      class: "photo", src, alt: this.words.previewAlt, onload: done,
      // Not every browser can show every camera format; the name is enough then.
      onerror: () => { done(); img.remove(); },
    });
    return img;
  }

  /** Show in `bubble` a file that is being sent, how far it is, and a button to stop. */
  upload(item, bubble, stop) {
    bubble.append(this.preview(item.file), el("span", { class: "file-name", text: item.file.name }));
    item.bar = el("progress", { max: "1", value: "0", "aria-label": this.words.sendPhoto });
    // Created once: a button that is replaced at every percent cannot be pressed.
    item.cancel = el("button", { type: "button", class: "choice", text: this.words.cancelUpload, "data-testid": "cancel", onclick: stop });
    bubble.after(item.bar);
    item.note.append(item.cancel);
  }

  /** Cancel the camera. */
  stop() { this.#camera?.abort(); }

  async #send(button, held) {
    if (button.ariaDisabled) return;
    button.ariaDisabled = "true";
    const editor = await this.#editor;
    const cut = await editor?.result().catch(() => null);
    if (this.#file !== held) return;
    if ((cut ?? held).size > MAX_FILE) {
      button.ariaDisabled = null;
      this.#chat.fail(this.words.tooBig);
      return;
    }
    this.#file = null;
    this.#chat.fail();
    this.#chat.rest();
    this.#chat.send({ file: cut ?? held, original: held, stop: new AbortController() });
  }

  // Without the module (the network failed) the photo can be viewed and sent unchanged.
  async #edit(file, place) {
    try {
      const { crop } = await import("./photo.js");
      const editor = await crop(file, { strings: this.#chat.strings().photo, el });
      // Another one may have been chosen while this one was decoded.
      if (this.#chat.place().contains(place)) {
        place.append(editor.element);
        return editor;
      }
      editor.dispose();
    } catch {
      place.append(this.preview(file));
    }
    return null;
  }

  async #shoot() {
    if (this.#camera) return;
    const camera = this.#camera = new AbortController();
    const { strings, root, fail } = this.#chat;
    try {
      const { shoot } = await import("./camera.js");
      if (camera.signal.aborted) return;
      this.offer(await shoot({ strings: strings().camera, el, root, signal: camera.signal }));
    } catch {
      fail(strings().unknownError);
    } finally {
      this.#camera = null;
    }
  }
}
