/** Requests to the chat's service. */

// crypto.randomUUID is missing on plain http, for example in a local network.
export const uuid = () => crypto.randomUUID?.() ??
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("")
    .replace(/(.{8})(.{4}).(.{3}).(.{3})(.{12})/, "$1-$2-4$3-a$4-$5");

// XMLHttpRequest for everything, because fetch cannot report upload progress.
/** @returns {Promise<{ok: boolean, status: number, data: object}>} never rejects; status 0: no usable answer */
export const request = (method, url, body, { progress, signal, token } = {}) => new Promise((resolve) => {
  const xhr = new XMLHttpRequest();
  xhr.open(method, url);
  xhr.withCredentials = true; // the service may be at home on another origin than the page
  xhr.timeout = body instanceof FormData ? 180000 : 30000;
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

/** Have the service keep something, even while the page is being left; nothing tells whether it did. */
export const keep = (url, body, token) => {
  fetch(url, {
    method: "POST", keepalive: true, credentials: "include", body: JSON.stringify(body),
    headers: { "Content-Type": "application/json", "X-CSRF-Token": token },
  }).catch(() => {});
};
