// Tabs within one form (ARIA tabs pattern): arrows move, the address keeps the open tab, a faulty field opens its tab. Where the
// steps of a form are one line, the present one is in sight.
"use strict";

function select(tab, { focus = false } = {}) {
  const list = tab.closest("[role=tablist]");
  for (const other of list.querySelectorAll("[role=tab]")) {
    const chosen = other === tab;
    other.setAttribute("aria-selected", String(chosen));
    other.tabIndex = chosen ? 0 : -1;
    document.getElementById(other.getAttribute("aria-controls")).hidden = !chosen;
  }
  if (focus) tab.focus();
}

function reveal(element) {
  const panel = element.closest("[role=tabpanel]");
  if (panel) select(document.getElementById(panel.getAttribute("aria-labelledby")));
}

document.addEventListener("click", (event) => {
  const tab = event.target.closest("[role=tab]");
  if (tab) select(tab);
});

document.addEventListener("keydown", (event) => {
  const tab = event.target.closest?.("[role=tab]");
  if (!tab) return;
  const tabs = [...tab.closest("[role=tablist]").querySelectorAll("[role=tab]")];
  const moves = { ArrowRight: 1, ArrowLeft: -1, Home: -tabs.indexOf(tab), End: tabs.length - 1 - tabs.indexOf(tab) };
  if (!(event.key in moves)) return;
  event.preventDefault();
  select(tabs[(tabs.indexOf(tab) + moves[event.key] + tabs.length) % tabs.length], { focus: true });
});

function stepInSight() {
  const step = document.querySelector(".tabs-steps [aria-current]");
  if (!step) return;
  const line = step.closest("ul");
  line.scrollLeft = step.offsetLeft - line.offsetLeft - (line.clientWidth - step.offsetWidth) / 2;
}

window.addEventListener("resize", stepInSight);

document.addEventListener("shenbao:reveal", (event) => reveal(event.detail));

document.addEventListener("DOMContentLoaded", () => {
  for (const list of document.querySelectorAll("[role=tablist]")) {
    const first = list.querySelector("[role=tab][aria-selected=true]") || list.querySelector("[role=tab]");
    if (first) select(first);
  }
  stepInSight();
  const wrong = document.querySelector("[role=tabpanel] .field-wrong");
  if (wrong) reveal(wrong);
});
