/**
 * Crops a chosen photo to a square before it is sent. Loaded when a photo was chosen.
 *
 *   const editor = await crop(file, { strings, el });
 *   place.append(editor.element);
 *   const sent = await editor.result(); // a square JPEG File; the file itself if the browser cannot show it
 *   editor.dispose();                   // frees the decoded picture
 *
 * A picture that is shown again after a cancelled upload keeps its crop.
 */

export const STRINGS = {
  group: "Cut the photo to a square",
  stage: "The part of the photo that is shown. Arrow keys move it, plus and minus change its size.",
  hint: "Drag the photo to move it.",
  zoom: "Size",
  left: "Show more of the left",
  right: "Show more of the right",
  up: "Show more of the top",
  down: "Show more of the bottom",
  turn: "Turn",
  whole: "Use the whole picture",
  part: "Size {zoom} %, {x} % across, {y} % down",
  wholeShown: "The whole picture is shown, on a white square.",
  turned: "Turned by {degrees}°.",
  unreadable: "This browser cannot show this photo. It is sent as it is, and we look at it when it arrives.",
};

const STAGE = 480; // pixels of the canvas, about two for each on the screen
const WORKING_SIDE = 4096; // larger pictures are reduced at once: 50 million pixels take 200 MB
const SENT_SIDE = 2048;
const QUALITY = 0.9;
const LEAST_SIDE = 200; // the service refuses less
const MAX_ZOOM = 4;
const STEP = 0.05; // of the square's side
const ZOOM_STEP = 0.1;
const SAY_MS = 300;

const fill = (template, values) => template.replace(/\{(\w+)\}/g, (all, key) => values[key] ?? all);
const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

// The last crop of each picture; forgotten with the file.
const remembered = new WeakMap();

/**
 * @param {File} file the chosen file
 * @param {{strings?: object, el: Function}} options texts that replace STRINGS, and the widget's element factory
 * @returns {Promise<{element: HTMLElement, result: () => Promise<File>, dispose: () => void}>}
 */
export async function crop(file, { strings, el }) {
  const s = { ...STRINGS, ...strings };
  const css = el("link", { rel: "stylesheet", href: new URL("./photo.css", import.meta.url).href });
  const bitmap = await decoded(file);
  if (!bitmap) {
    const element = el("div", { class: "crop" }, css, el("p", { class: "crop-note", role: "status", dir: "auto" }));
    // Screen readers announce a status that changes after it is shown; one that starts filled may be missed.
    setTimeout(() => { element.lastChild.textContent = s.unreadable; });
    return { element, result: async () => file, dispose() {} };
  }
  return new Editor(file, bitmap, s, el, css);
}

async function decoded(file) {
  try {
    const full = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = WORKING_SIDE / Math.max(full.width, full.height);
    if (scale >= 1) return full;
    try {
      return await createImageBitmap(full, {
        resizeWidth: Math.max(1, Math.round(full.width * scale)),
        resizeHeight: Math.max(1, Math.round(full.height * scale)),
        resizeQuality: "high",
      });
    } finally {
      full.close();
    }
  } catch {
    return null;
  }
}

class Editor {
  #file;
  #bitmap;
  #s;
  #canvas;
  #zoomInput;
  #wholeButton;
  #words;
  #sayTimer = 0;
  #pointers = new Map();
  // The centre of the square as fractions of the rotated picture, so that it rotates along.
  #cut = { turns: 0, zoom: 1, x: 0.5, y: 0.5, whole: false };

  constructor(file, bitmap, s, el, css) {
    this.#file = file;
    this.#bitmap = bitmap;
    this.#s = s;
    Object.assign(this.#cut, remembered.get(file));

    const canvas = this.#canvas = el("canvas", {
      class: "stage", width: STAGE, height: STAGE, tabindex: "0", role: "application", "aria-label": s.stage,
      "data-testid": "crop", onkeydown: (e) => this.#key(e), onpointerdown: (e) => this.#down(e),
      onpointermove: (e) => this.#move(e),
    });
    for (const end of ["pointerup", "pointercancel"]) {
      canvas.addEventListener(end, (e) => this.#pointers.delete(e.pointerId));
    }
    canvas.addEventListener("wheel", (e) => {
      if (this.#cut.whole) return;
      e.preventDefault();
      this.#zoom(this.#cut.zoom * Math.exp(-clamp(e.deltaY, -100, 100) / 500));
    }, { passive: false });

    this.#zoomInput = el("input", {
      type: "range", min: "1", step: "0.01", "data-testid": "zoom",
      oninput: () => this.#zoom(Number(this.#zoomInput.value)),
    });
    const arrow = (key, sign, x, y) => el("button", {
      type: "button", class: "arrow", "aria-label": s[key], title: s[key], text: sign, onclick: () => this.#shift(x, y),
    });
    this.#wholeButton = el("button", {
      type: "button", class: "choice whole", text: s.whole, "data-testid": "whole",
      onclick: () => { this.#cut.whole = !this.#cut.whole; this.#draw(); },
    });
    this.#words = el("p", { class: "crop-note", role: "status", dir: "auto" });
    this.element = el("div", { class: "crop", role: "group", "aria-label": s.group }, css, canvas,
      el("div", { class: "crop-tools" },
        el("p", { class: "crop-hint", text: s.hint, dir: "auto" }),
        el("label", { class: "zoom" }, el("span", { text: s.zoom }), this.#zoomInput),
        // Left is left in every language: these move a picture, not text.
        el("div", { class: "crop-row", dir: "ltr" },
          arrow("left", "←", -2, 0), arrow("up", "↑", 0, -2), arrow("down", "↓", 0, 2), arrow("right", "→", 2, 0)),
        el("div", { class: "crop-row" },
          el("button", {
            type: "button", class: "choice", text: s.turn, "data-testid": "turn", onclick: () => this.#turn(),
          }), this.#wholeButton)),
      this.#words);
    this.#draw();
  }

  /** The picture to send. */
  async result() {
    const { side, left, top } = this.#square();
    const scale = Math.min(1, SENT_SIDE / side);
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = Math.round(side * scale);
    this.#paint(canvas, left, top, scale);
    const blob = await new Promise((resolve) => { canvas.toBlob(resolve, "image/jpeg", QUALITY); });
    canvas.width = canvas.height = 0; // some browsers keep its memory until then
    if (!blob) return this.#file;
    return new File([blob], `${this.#file.name.replace(/\.[^.]*$/, "") || "photo"}.jpg`, { type: "image/jpeg" });
  }

  /** Free the picture; nothing works afterwards. */
  dispose() {
    clearTimeout(this.#sayTimer);
    this.#bitmap?.close();
    this.#bitmap = null;
    this.#canvas.width = this.#canvas.height = 0;
  }

  // ---------------------------------------------------------------- the crop, in pixels of the rotated picture

  #size() {
    const { width, height } = this.#bitmap;
    return this.#cut.turns % 2 ? [height, width] : [width, height];
  }

  #side() { return Math.min(...this.#size()) / this.#cut.zoom; }

  // What is sent: a part of the picture, or all of it with white beside it, as the profile shows squares alone.
  #square() {
    const { x, y, whole } = this.#cut;
    const [width, height] = this.#size();
    const side = whole ? Math.max(width, height) : this.#side();
    return whole
      ? { side, left: (width - side) / 2, top: (height - side) / 2 }
      : { side, left: x * width - side / 2, top: y * height - side / 2 };
  }

  #maxZoom() { return clamp(Math.min(...this.#size()) / LEAST_SIDE, 1, MAX_ZOOM); }

  #zoom(zoom) {
    this.#cut.zoom = clamp(zoom, 1, this.#maxZoom());
    this.#draw();
  }

  #shift(x, y) {
    const [width, height] = this.#size();
    this.#cut.x += x * STEP * this.#side() / width;
    this.#cut.y += y * STEP * this.#side() / height;
    this.#draw();
  }

  #turn() {
    const { turns, x, y } = this.#cut;
    Object.assign(this.#cut, { turns: (turns + 1) % 4, x: 1 - y, y: x });
    this.#draw(true);
  }

  // ---------------------------------------------------------------- keys and pointers

  #key(e) {
    if (e.ctrlKey || e.metaKey || e.altKey || this.#cut.whole) return;
    const step = e.shiftKey ? 4 : 1;
    const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
    if (moves[e.key]) this.#shift(...moves[e.key]);
    else if (e.key === "+" || e.key === "=") this.#zoom(this.#cut.zoom + ZOOM_STEP);
    else if (e.key === "-" || e.key === "_") this.#zoom(this.#cut.zoom - ZOOM_STEP);
    else return;
    e.preventDefault();
  }

  #down(e) {
    if (this.#cut.whole || e.button) return;
    this.#canvas.setPointerCapture(e.pointerId);
    this.#pointers.set(e.pointerId, [e.clientX, e.clientY]);
  }

  #move(e) {
    const before = this.#pointers.get(e.pointerId);
    if (!before || this.#cut.whole) return;
    const now = [e.clientX, e.clientY];
    const other = [...this.#pointers].find(([id]) => id !== e.pointerId)?.[1];
    if (other) {
      const apart = (p) => Math.hypot(p[0] - other[0], p[1] - other[1]) || 1;
      this.#cut.zoom = clamp(this.#cut.zoom * apart(now) / apart(before), 1, this.#maxZoom());
    }
    const [width, height] = this.#size();
    // Two fingers move the picture half as far each; it follows the point between them.
    const scale = this.#side() / this.#canvas.clientWidth / (other ? 2 : 1);
    this.#cut.x -= (now[0] - before[0]) * scale / width;
    this.#cut.y -= (now[1] - before[1]) * scale / height;
    this.#pointers.set(e.pointerId, now);
    this.#draw();
  }

  // ---------------------------------------------------------------- drawing

  #draw(turned = false) {
    const cut = this.#cut;
    const [width, height] = this.#size();
    const half = this.#side() / 2;
    cut.x = clamp(cut.x, half / width, 1 - half / width);
    cut.y = clamp(cut.y, half / height, 1 - half / height);
    remembered.set(this.#file, { ...cut });

    const { side, left, top } = this.#square();
    this.#paint(this.#canvas, left, top, STAGE / side);

    this.#zoomInput.max = this.#maxZoom();
    this.#zoomInput.value = cut.zoom;
    this.#zoomInput.setAttribute("aria-valuetext", `${Math.round(cut.zoom * 100)} %`);
    this.#wholeButton.setAttribute("aria-pressed", cut.whole);
    this.element.classList.toggle("uncut", cut.whole);
    for (const each of this.element.querySelectorAll(".arrow, .zoom input")) each.disabled = cut.whole;
    this.#say(turned);
  }

  #paint(canvas, left, top, scale) {
    const g = canvas.getContext("2d");
    const [width, height] = this.#size();
    const { turns } = this.#cut;
    g.resetTransform();
    g.fillStyle = "#fff"; // what is transparent would become black in a JPEG
    g.fillRect(0, 0, canvas.width, canvas.height);
    g.imageSmoothingQuality = "high";
    g.scale(scale, scale);
    g.translate(-left, -top);
    g.translate(turns === 1 || turns === 2 ? width : 0, turns >= 2 ? height : 0);
    g.rotate(turns * Math.PI / 2);
    g.drawImage(this.#bitmap, 0, 0);
  }

  // Describe the visible part, once the pointer rests.
  #say(turned) {
    clearTimeout(this.#sayTimer);
    const { turns, zoom, whole } = this.#cut;
    const [width, height] = this.#size();
    const side = this.#side();
    // From 0 at one edge to 100 at the other; 50 if the whole side is visible.
    const along = (place, length) => length - side < 1 ? 50 : Math.round((place * length - side / 2) / (length - side) * 100);
    const shown = whole ? this.#s.wholeShown : fill(this.#s.part, {
      zoom: Math.round(zoom * 100), x: along(this.#cut.x, width), y: along(this.#cut.y, height),
    });
    const words = turned ? `${fill(this.#s.turned, { degrees: turns * 90 })} ${shown}` : shown;
    this.#sayTimer = setTimeout(() => { this.#words.textContent = words; }, SAY_MS);
  }
}
