// Tick all rows of a table; buttons with data-needs-ticks work only while something is ticked. On a phone a row is a card.
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

// Each cell is told its column, for a card has no head; roles, because what is laid out as a card is no table to Chromium.
function labelled(table) {
  const heads = [...table.querySelectorAll("thead th")];
  if (table.querySelector("[colspan], [rowspan]") || !heads.length) return;
  table.classList.add("rows-cards");
  table.setAttribute("role", "table");
  for (const part of table.querySelectorAll("thead, tbody")) part.setAttribute("role", "rowgroup");
  for (const row of table.rows) row.setAttribute("role", "row");
  for (const head of heads) head.setAttribute("role", "columnheader");
  for (const row of table.querySelectorAll("tbody tr")) {
    [...row.cells].forEach((cell, at) => {
      cell.setAttribute("role", cell.tagName === "TH" ? "rowheader" : "cell");
      const head = heads[at];
      if (head && !head.matches(".rows-tick, .rows-actions") && !cell.matches(".rows-tick")) cell.dataset.column = head.textContent.trim();
      cell.classList.toggle("rows-empty", !cell.textContent.trim() && !cell.firstElementChild);
    });
  }
}

function shownAll() {
  for (const table of document.querySelectorAll("[data-cards]")) labelled(table);
  for (const table of document.querySelectorAll("[data-ticks]")) shown(table);
}

document.addEventListener("DOMContentLoaded", shownAll);
document.addEventListener("htmx:afterSwap", shownAll);
window.addEventListener("pageshow", shownAll);

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});
