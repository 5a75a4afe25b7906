// A part of a page that is asked for by itself and not answered says so; one that renews itself goes on by itself.
"use strict";

const retries = { least: 2000, most: 30000 };

function sentence(part) {
  const answered = part.nextElementSibling;
  return answered?.hasAttribute("data-unanswered") ? answered : null;
}

// Beside the part, so that its next answer leaves nothing of it.
function say(part, request) {
  if (sentence(part)) return;
  const texts = document.body.dataset;
  const said = document.createElement("div");
  said.className = "note note-warning";
  said.setAttribute("role", "status");
  said.setAttribute("data-unanswered", "");
  const words = document.createElement("p");
  words.textContent = request.again ? texts.partGoesOn : texts.partFailed;
  said.append(words);
  const again = document.createElement("button");
  again.type = "button";
  again.className = "btn btn-sm";
  again.textContent = texts.partAgain;
  again.addEventListener("click", () => ask(part, request));
  said.append(again);
  part.after(said);
}

function ask(part, { verb, path, swap, target }) {
  if (!part.isConnected) return;
  clearTimeout(part.shenbaoRetry);
  window.htmx.ajax(verb, path, { source: part, target, swap });
}

// What asks by a clock of its own asks anyway; what asks once after it was loaded is asked for more and more rarely.
function goOn(part, request) {
  if (!request.again || part.getAttribute("hx-trigger").startsWith("every")) return;
  part.shenbaoFailures = (part.shenbaoFailures || 0) + 1;
  const wait = Math.min(retries.least * 2 ** (part.shenbaoFailures - 1), retries.most);
  clearTimeout(part.shenbaoRetry);
  part.shenbaoRetry = setTimeout(() => ask(part, request), wait);
}

function unanswered(event) {
  const { elt: part, target, requestConfig } = event.detail;
  if (!part?.isConnected) return;
  const { verb, path } = requestConfig;
  const renewsItself = verb === "get" && /^(load|every)/.test(part.getAttribute("hx-trigger") || "");
  const request = { verb, path, target, swap: part.getAttribute("hx-swap") || "innerHTML", again: renewsItself };
  say(part, request);
  goOn(part, request);
}

for (const failure of ["htmx:responseError", "htmx:sendError", "htmx:timeout"])
  document.addEventListener(failure, unanswered);

document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, target, requestConfig } = event.detail;
  if (xhr.status >= 400) return;
  for (const part of [requestConfig.elt, target]) sentence(part)?.remove();
  target.shenbaoChosen = target.querySelector("input[type=radio]:checked");
});

// Whoever chose while a search was under way has chosen: its answer knows nothing of it.
document.addEventListener("htmx:afterSwap", ({ detail: { target } }) => {
  const chosen = target.shenbaoChosen;
  const options = chosen ? [...target.querySelectorAll("input[type=radio]")] : [];
  const same = options.find(({ name, value }) => name === chosen.name && value === chosen.value);
  if (same) same.checked = true;
});
