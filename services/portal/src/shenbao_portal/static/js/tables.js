// Tick all rows of a table; buttons with data-needs-ticks work only while something is ticked.
"use strict";

function shown(table) {
  const boxes = [...table.querySelectorAll("[data-tick]")];
  const ticked = boxes.filter((box) => box.checked).length;
  const all = table.querySelector("[data-tick-all]");
  if (all) {
    all.checked = boxes.length > 0 && ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
  }
  for (const button of document.querySelectorAll("[data-needs-ticks]")) button.disabled = ticked === 0;
  for (const place of document.querySelectorAll("[data-ticked-count]")) place.textContent = ticked;
}

document.addEventListener("change", (event) => {
  const table = event.target.closest("[data-ticks]");
  if (!table) return;
  if (event.target.matches("[data-tick-all]")) {
    for (const box of table.querySelectorAll("[data-tick]")) box.checked = event.target.checked;
  }
  shown(table);
});

function shownAll() {
  for (const table of document.querySelectorAll("[data-ticks]")) shown(table);
}

document.addEventListener("DOMContentLoaded", shownAll);
document.addEventListener("htmx:afterSwap", shownAll);
window.addEventListener("pageshow", shownAll);

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});
