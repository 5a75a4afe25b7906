// What was typed when the sign-in was over is there again after signing in: kept in this tab, for the same account.
"use strict";

const typedKey = "shenbao-typed";
const typedControls = "textarea, select, input:not([type=hidden], [type=password], [type=file])";

const controlsOf = (form) => [...form.querySelectorAll(typedControls)].filter((control) => control.name);
const isTicked = (control) => control.type === "checkbox" || control.type === "radio";
const pageNow = () => location.pathname + location.search;

function keepTyped(typed) {
  sessionStorage.setItem(typedKey, JSON.stringify(typed));
}

function typedBefore() {
  return JSON.parse(sessionStorage.getItem(typedKey) || "null");
}

// Forms with a password are not kept, whatever else they hold.
document.addEventListener("submit", (event) => {
  const form = event.target;
  const account = document.body.dataset.account;
  if (event.defaultPrevented || !account || form.method !== "post" || form.querySelector("[type=password]")) return;
  const controls = controlsOf(form).map(({ name, value, checked }) => ({ name, value, checked }));
  if (controls.length) keepTyped({ account, page: pageNow(), action: form.getAttribute("action"), controls });
});

function fillAgain(form, given) {
  const left = controlsOf(form);
  for (const { name, value, checked } of given) {
    const at = left.findIndex((one) => one.name === name && (!isTicked(one) || one.value === value));
    if (at < 0) continue;
    const [control] = left.splice(at, 1);
    if (isTicked(control)) control.checked = checked;
    else control.value = value;
    control.dispatchEvent(new Event("change", { bubbles: true }));
  }
  const note = document.createElement("div");
  note.className = "note note-info";
  note.setAttribute("role", "status");
  note.textContent = document.body.dataset.typedAgain;
  form.before(note);
  form.closest("dialog")?.showModal();
}

document.addEventListener("DOMContentLoaded", () => {
  const typed = typedBefore();
  const told = document.querySelector("[data-typed-kept]");
  if (!typed) return;
  if (told) {
    told.hidden = false;
    keepTyped({ ...typed, over: true });
    return;
  }
  const { account } = document.body.dataset;
  if (!account || (typed.over && typed.account === account && typed.page !== pageNow())) return;
  sessionStorage.removeItem(typedKey);
  if (!typed.over || typed.account !== account) return;
  const forms = [...document.querySelectorAll("form[method=post]")];
  const form = forms.find((one) => one.getAttribute("action") === typed.action && controlsOf(one).length);
  if (form) fillAgain(form, typed.controls);
});
