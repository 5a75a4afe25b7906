// A draft saves itself some seconds after something of it was changed; saving by hand waits for that to be answered.
"use strict";

const pause = 2000;

function saysSaved(form, answer) {
  const part = new DOMParser().parseFromString(answer, "text/html").body.firstElementChild;
  form.querySelector("[data-autosaved]").textContent = part?.textContent.trim() || form.dataset.notSaved;
  const field = form.querySelector("[data-etag]");
  if (field && part?.dataset.version) field.value = part.dataset.version;
}

async function saveItself(form) {
  if (form.dataset.sent || form.shenbaoSaving) return;
  const body = new FormData(form);
  form.shenbaoSaving = fetch(form.dataset.autosave, { method: "POST", body, headers: { "HX-Request": "true" } })
    .then((answer) => (answer.ok ? answer.text() : ""))
    .catch(() => "")
    .then((answer) => saysSaved(form, answer));
  await form.shenbaoSaving;
  form.shenbaoSaving = null;
}

document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-autosave]");
  if (!form || event.target.type === "file") return;
  clearTimeout(form.shenbaoTimer);
  form.shenbaoTimer = setTimeout(() => saveItself(form), pause);
});

// Two saves at once would be of two versions: the one by hand comes after the other, with the version that it left.
document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    clearTimeout(form.shenbaoTimer);
    if (!form.shenbaoSaving) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    form.shenbaoSaving.then(() => setTimeout(() => form.requestSubmit(event.submitter)));
  },
  { capture: true },
);
