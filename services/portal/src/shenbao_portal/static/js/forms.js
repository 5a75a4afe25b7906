// Forms: the error summary takes the focus, a form is sent once, rows repeat, files too large are named before sending.
"use strict";

function readied(root) {
  const summary = root.querySelector("[data-summary]");
  if (summary) summary.focus();
}

document.addEventListener("DOMContentLoaded", () => readied(document));

// A second click on the same button does nothing; the idempotency key makes it harmless where this cannot run.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent && !form.hasAttribute("data-again")) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  const button = event.submitter;
  if (button) button.setAttribute("aria-busy", "true");
});

// Back from the next page, out of the browser's cache: the form may be sent again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  for (const button of document.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
});

// A link of the summary to a group of options leads into the group.
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-summary] a");
  if (!link) return;
  const target = document.getElementById(link.hash.slice(1));
  if (!target) return;
  event.preventDefault();
  document.dispatchEvent(new CustomEvent("shenbao:reveal", { detail: target }));
  target.focus();
  target.scrollIntoView({ block: "center" });
});

// What was objected to and is changed now is no longer called wrong: the next answer says whether it is right. The reason keeps its
// place, so that a button below it stays under the pointer that is about to press it.
function noLongerWrong({ target }) {
  const field = target.closest(".field-wrong");
  if (!field) return;
  field.classList.replace("field-wrong", "field-changed");
  field.querySelector(".field-error")?.removeAttribute("id");
  for (const control of field.querySelectorAll("[aria-invalid]")) control.removeAttribute("aria-invalid");
}

document.addEventListener("change", (event) => {
  if (event.target.type !== "file" || !event.target.closest("[data-upload]")) noLongerWrong(event);
});
document.addEventListener("shenbao:uploaded", (event) => {
  if (event.detail.answered) noLongerWrong(event);
});

// A date is emptied by its ✕, for browsers differ in whether they offer that themselves.
document.addEventListener("click", (event) => {
  const clears = event.target.closest("[data-clears]");
  if (!clears) return;
  const control = document.getElementById(clears.dataset.clears);
  control.value = "";
  control.focus();
  control.dispatchEvent(new Event("change", { bubbles: true }));
});

function addRow(repeat) {
  const rows = repeat.querySelector("[data-repeat-rows]");
  const number = Number(repeat.dataset.next || rows.children.length);
  repeat.dataset.next = number + 1;
  const html = repeat.querySelector("[data-repeat-template]").innerHTML.replaceAll("__n__", number);
  rows.insertAdjacentHTML("beforeend", html);
  rows.dispatchEvent(new CustomEvent("shenbao:row-added", { bubbles: true }));
  rows.lastElementChild.querySelector("input, select, textarea").focus();
}

document.addEventListener("click", (event) => {
  const repeat = event.target.closest("[data-repeat]");
  if (!repeat) return;
  if (event.target.closest("[data-repeat-add]")) addRow(repeat);
  const remove = event.target.closest("[data-repeat-remove]");
  if (remove) {
    remove.closest("[data-repeat-row]").remove();
    repeat.querySelector("[data-repeat-add]").focus();
  }
});
