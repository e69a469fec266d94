/**
 * Taking a photo with the camera of this device. Loaded when the person asks for the camera.
 *
 *   const file = await shoot({ strings, el, root, signal }); // a JPEG File, or null if none was taken
 *
 * The camera is released in every case: use, cancel, Escape, `signal`, leaving the page.
 */

export const STRINGS = {
  title: "Take a photo",
  preview: "What the camera sees, as in a mirror",
  taken: "The photo you took",
  starting: "The camera is starting. Your browser may ask whether it may be used.",
  ready: "The camera is on.",
  done: "The photo is taken.",
  take: "Take the photo",
  retake: "Take another",
  use: "Use this photo",
  cancel: "Cancel",
  refused: "This page may not use the camera. You can allow it in your browser’s settings, or choose a photo instead.",
  none: "No camera was found. You can choose a photo instead.",
  busy: "The camera is in use by another program. Close that one and try again, or choose a photo instead.",
  failed: "The camera could not be started. You can choose a photo instead.",
};

const PROBLEMS = {
  NotAllowedError: "refused", SecurityError: "refused",
  NotFoundError: "none", OverconstrainedError: "none",
  NotReadableError: "busy", AbortError: "busy",
};
const WANTED = { video: { facingMode: "user", width: { ideal: 1920 }, height: { ideal: 1080 } }, audio: false };
const QUALITY = 0.92;

/**
 * @param {{strings?: object, el: Function, root: Node, signal?: AbortSignal}} options texts that replace STRINGS, the
 *   widget's element factory, the dialog's parent, and the signal that cancels it
 * @returns {Promise<File|null>}
 */
export async function shoot({ strings, el, root, signal }) {
  const s = { ...STRINGS, ...strings };
  let stream = null;
  let file = null;

  const video = el("video", { class: "sight mirror", playsinline: true, "aria-label": s.preview, "data-testid": "camera" });
  video.muted = true;
  const canvas = el("canvas", { class: "sight", role: "img", "aria-label": s.taken, hidden: true });
  const words = el("p", { class: "crop-note", role: "status", dir: "auto" });
  const button = (name, kind, onclick) => el("button", { type: "button", class: kind, text: s[name], "data-testid": `camera-${name}`, onclick });
  const take = button("take", "primary", () => {
    canvas.width = video.videoWidth;
    canvas.height = video.videoHeight;
    canvas.getContext("2d").drawImage(video, 0, 0); // not mirrored: as others see the person
    show(true);
    words.textContent = s.done;
    use.focus();
  });
  const use = button("use", "primary", async () => {
    const blob = await new Promise((resolve) => { canvas.toBlob(resolve, "image/jpeg", QUALITY); });
    file = blob && new File([blob], "camera.jpg", { type: "image/jpeg" });
    dialog.close();
  });
  const retake = button("retake", "choice", () => { show(false); words.textContent = s.ready; take.focus(); });
  const cancel = button("cancel", "choice", () => dialog.close());
  const dialog = el("dialog", { class: "camera", "aria-labelledby": "camera-title" },
    el("link", { rel: "stylesheet", href: new URL("./photo.css", import.meta.url).href }),
    el("h2", { id: "camera-title", text: s.title, dir: "auto" }), video, canvas, words,
    el("div", { class: "buttons" }, take, use, retake, cancel));

  const show = (taken) => {
    video.hidden = taken;
    canvas.hidden = use.hidden = retake.hidden = !taken;
    take.hidden = taken;
  };
  const letGo = () => {
    for (const track of stream?.getTracks() ?? []) track.stop();
    stream = video.srcObject = null;
  };
  const fail = (problem) => {
    letGo();
    show(false);
    video.hidden = take.hidden = true;
    words.textContent = s[problem];
    cancel.focus();
  };

  const closed = new Promise((resolve) => dialog.addEventListener("close", resolve, { once: true }));
  const close = () => { letGo(); dialog.close(); };
  signal?.addEventListener("abort", close);
  window.addEventListener("pagehide", close);
  root.append(dialog);
  show(false);
  take.disabled = true;
  dialog.showModal();
  words.textContent = s.starting;

  const start = async () => {
    try {
      const found = await navigator.mediaDevices.getUserMedia(WANTED);
      stream = found;
      if (!dialog.open) { letGo(); return; } // closed while the browser still asked
      found.getVideoTracks()[0].addEventListener("ended", () => { if (canvas.hidden) fail("failed"); });
      video.srcObject = found;
      await video.play();
      take.disabled = false;
      words.textContent = s.ready;
      take.focus();
    } catch (error) {
      if (dialog.open) fail(PROBLEMS[error.name] ?? "failed");
      else letGo();
    }
  };
  start();

  await closed;
  letGo();
  signal?.removeEventListener("abort", close);
  window.removeEventListener("pagehide", close);
  canvas.width = canvas.height = 0;
  dialog.remove();
  return file;
}
