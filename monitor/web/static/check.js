// The check while typing: asks the server, which asks again at every step. Without this script the button does it.
const form = document.getElementById("work");
const text = document.getElementById("text");
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
  const body = new URLSearchParams(new FormData(form));
  try {
    const answer = await fetch(form.dataset.check, { method: "POST", body, headers: { Accept: "application/json" } });
    if (!answer.ok || mine !== asked) return;
    const { notes } = await answer.json();
    place.querySelector(".places")?.remove();
    place.querySelector(".notes").replaceChildren(...notes.map(drawn));
  } catch {
    // No connection: the button and the step itself still check.
  }
}

if (form?.dataset.check && text && place && row) {
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
}
