/** Makes elements from text. Nothing here parses HTML. */

export const fill = (template, values) => template.replace(/\{(\w+)\}/g, (all, key) => values[key] ?? all);

export const el = (tag, attrs = {}, ...children) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attrs)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "text") node.textContent = value;
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter(Boolean));
  return node;
};

export const paragraphs = (text) =>
  String(text ?? "").split(/\n[^\S\n]*\n\s*/).filter((part) => part.trim())
    .map((part) => el("p", { dir: "auto", text: part }));

const ADDRESS = /https?:\/\/[^\s<>"]+[^\s<>"'.,;:!?)\]]/g;

// `allowed` says which addresses become links; others stay text.
const linked = (text, allowed) => {
  const parts = [];
  let end = 0;
  for (const { 0: address, index } of text.matchAll(ADDRESS)) {
    if (!URL.canParse(address) || !allowed(new URL(address))) continue;
    parts.push(text.slice(end, index), el("a", { href: address, target: "_blank", rel: "noopener", text: address }));
    end = index + address.length;
  }
  return [...parts, text.slice(end)];
};

/** A message of the bot: paragraphs, lists from lines that begin with "• ", and links. */
export const formatted = (text, allowed) =>
  paragraphs(text).flatMap(({ textContent }) => {
    const blocks = [];
    for (const line of textContent.split("\n")) {
      const item = line.startsWith("• ");
      const last = blocks.at(-1);
      if (last?.item === item) last.lines.push(line); else blocks.push({ item, lines: [line] });
    }
    return blocks.map(({ item, lines }) => item
      ? el("ul", {}, ...lines.map((line) => el("li", { dir: "auto" }, ...linked(line.slice(2), allowed))))
      : el("p", { dir: "auto" }, ...linked(lines.join("\n"), allowed)));
  });
