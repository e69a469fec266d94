// On a wide screen the explanation is simply part of the page; on a phone it starts folded.
const about = document.getElementById("about");
const phone = matchMedia("(max-width: 600px), (max-width: 60rem) and (max-height: 540px)");
const foldAbout = () => { about.open = !phone.matches; };
phone.addEventListener("change", foldAbout);
foldAbout();

// Without a mail server, e-mails are shown beside the chat.
const LOOK_MS = 3000;
const box = document.getElementById("mailbox");
const letters = document.getElementById("letters");
const shown = new Set();

const show = ({ subject, text, at }) => {
  const key = at + subject;
  if (shown.has(key)) return;
  shown.add(key);
  const letter = document.createElement("li");
  const fold = document.createElement("details");
  const title = document.createElement("summary");
  title.textContent = subject;
  const body = document.createElement("p");
  body.textContent = text;
  fold.append(title, body);
  letter.append(fold);
  letters.prepend(letter);
  box.hidden = false;
};

let next = 0;
const look = async () => {
  if (!document.hidden) {
    const answer = await fetch(new URL("../api/mailbox", import.meta.url)).catch(() => null);
    // There is no mailbox, or no conversation: when one is opened, the chat says so.
    if ([204, 401].includes(answer?.status)) return;
    if (answer?.ok) (await answer.json()).reverse().forEach(show);
  }
  clearTimeout(next);
  next = setTimeout(look, LOOK_MS);
};
const chat = document.querySelector("mentor-chat");

// The page speaks the language of the chat. Its own texts are English; a translation has its own file.
const description = document.querySelector("meta[name=description]");
const own = { description: description.content };
for (const each of document.querySelectorAll("[data-words]")) own[each.dataset.words] = each.textContent;
for (const each of document.querySelectorAll("[data-label]")) own[each.dataset.label] = each.getAttribute("aria-label");
const speak = async (language) => {
  const file = language === "en" ? null : await import(`./page/${language}.js`).catch(() => null);
  const words = { ...own, ...file?.default };
  document.documentElement.lang = file ? language : "en";
  document.title = words.title;
  description.content = words.description;
  for (const each of document.querySelectorAll("[data-words]")) each.textContent = words[each.dataset.words];
  for (const each of document.querySelectorAll("[data-label]")) each.setAttribute("aria-label", words[each.dataset.label]);
};
chat.addEventListener("language", ({ detail }) => speak(detail));
// The chat may have begun before this file came.
const begun = chat.shadowRoot?.querySelector(".panel")?.lang;
if (begun) speak(begun);
if (chat.ready) look();
chat.addEventListener("ready", look);
