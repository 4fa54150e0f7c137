// Comfort only: everything here also works without it. Text goes in by textContent, nothing is parsed as markup.
const rows = [...document.querySelectorAll(".row[data-post]")];
const act = document.getElementById("act");
const keys = document.getElementById("keys");
let here = -1;

function show(index) {
  if (!rows.length) return;
  rows[here]?.classList.remove("here");
  here = Math.max(0, Math.min(rows.length - 1, index));
  rows[here].classList.add("here");
  rows[here].querySelector("a").focus({ preventScroll: true });
  rows[here].scrollIntoView({ block: "nearest" });
}

function send(step) {
  const post = rows[here]?.dataset.post;
  if (!act || !post) return;
  act.action = `/beitrag/${post}/${step}`;
  act.requestSubmit();
}

function onPage(key) {
  document.querySelector(`[data-key="${key}"]`)?.click();
}

const commands = {
  j: () => show(here + 1),
  k: () => show(here - 1),
  h: () => rows[here]?.querySelector(".hold")?.click(),
  a: () => (rows.length ? send("uebernehmen") : onPage("a")),
  z: () => (rows.length ? send("abgeben") : onPage("z")),
  "?": () => keys?.showModal(),
};

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (typing || event.ctrlKey || event.metaKey || event.altKey || keys?.open) return;
  const command = commands[event.key];
  if (!command) return;
  event.preventDefault();
  command();
});

document.addEventListener("focusin", (event) => {
  const row = event.target.closest?.(".row[data-post]");
  if (!row) return;
  rows[here]?.classList.remove("here");
  here = rows.indexOf(row);
  row.classList.add("here");
});

// The count as the platform counts; the server counts again.
const graphemes = typeof Intl.Segmenter === "function" ? new Intl.Segmenter("de", { granularity: "grapheme" }) : null;
const lengths = {
  char: (text) => [...text].length,
  utf16: (text) => text.length,
  byte: (text) => new TextEncoder().encode(text).length,
  grapheme: (text) => (graphemes ? [...graphemes.segment(text)].length : [...text].length),
};
const box = document.querySelector("textarea[data-unit]");
const count = document.getElementById("count");
const mirror = document.getElementById("mirror");

function counted() {
  const size = lengths[box.dataset.unit](box.value);
  count.textContent = String(size);
  count.parentElement.classList.toggle("over", Boolean(box.dataset.most) && size > Number(box.dataset.most));
  if (mirror) mirror.textContent = box.value;
}

if (box && count) {
  box.addEventListener("input", counted);
  counted();
}

// What was typed and not sent is not lost by a click on something else, the button of another form included.
let sent = false;
if (box) {
  const before = "unsaved" in box.dataset ? null : box.value;
  document.addEventListener("submit", (event) => { sent = event.target === box.form; });
  addEventListener("beforeunload", (event) => {
    if (!sent && box.value !== before) event.preventDefault();
  });
}

for (const button of document.querySelectorAll(".copy")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.append(" ✓");
  }, { once: true });
}

// What was let off stays in this window, and goes with it; also out of the browser's own memory of the page.
const scratch = document.getElementById("scratch");
if (scratch) addEventListener("pagehide", () => { scratch.value = ""; });

// The check while typing: asks the server, which asks again at every step. Without this script the button does it.
const work = document.getElementById("work");
const place = document.getElementById("findings");
const row = document.getElementById("finding");
const PAUSE = 600;
let timer = 0;
let asked = 0;

function drawn(note) {
  const item = row.content.firstElementChild.cloneNode(true);
  const find = (name) => item.querySelector(`.${name}`);
  const shade = { stop: "bad", warn: "warn" }[note.severity];
  if (shade) item.classList.add(shade);
  find("weight").textContent = place.dataset[note.severity];
  find("words").textContent = note.words;
  find("words").hidden = !note.words;
  find("message").textContent = note.message;
  if (find("quote")) find("quote").textContent = note.quote;
  find("rule").textContent = note.rule;
  find("suggestion").textContent = note.suggestion;
  find("suggest").hidden = !note.suggestion && !note.cuts;
  const button = item.querySelector("button");
  button.value = `take ${note.key}`;
  if (note.cuts) button.textContent = place.dataset.cut;
  return item;
}

async function ask() {
  const mine = ++asked;
  const body = new URLSearchParams(new FormData(work));
  try {
    const answer = await fetch(work.dataset.check, { method: "POST", body, headers: { Accept: "application/json" } });
    if (!answer.ok || mine !== asked) return;
    const { notes } = await answer.json();
    place.querySelector(".places")?.remove();
    place.querySelector(".notes").replaceChildren(...notes.map(drawn));
  } catch {
    // No connection: the button and the step itself still check.
  }
}

if (work?.dataset.check && place && row) {
  work.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
}
