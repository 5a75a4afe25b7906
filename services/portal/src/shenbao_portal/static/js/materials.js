// The form of a material: fields that depend on another, and the version that moves with every attachment.
"use strict";

// Of a field its value, of a column of rows that of each row, of the own row (`row.`) that of its cell; nothing where
// the page does not ask for it. A record on a page of its own is a row whose cells are fields.
function valuesOf(test, part) {
  const row = test.name.startsWith("row-") && part.closest("[data-repeat-row]");
  if (row) {
    const cell = row.querySelector(`[name$="-${test.name.slice("row-".length)}"]`);
    return cell ? [cell.value] : null;
  }
  if (!test.column) {
    const source = document.getElementById(test.name);
    return source ? [source.value] : null;
  }
  const cells = document.querySelectorAll(`[name^="${test.name}-"][name$="-${test.column}"]`);
  return [...cells].map((cell) => cell.value);
}

function holds(test, part) {
  const values = valuesOf(test, part);
  return values === null || values.some((value) => test.values.includes(value)) === test.one_of;
}

function follow(part) {
  part.hidden = !JSON.parse(part.dataset.when).every((test) => holds(test, part));
}

function followAll() {
  for (const part of document.querySelectorAll("[data-when]")) follow(part);
}

document.addEventListener("change", followAll);
document.addEventListener("shenbao:row-added", followAll);
document.addEventListener("DOMContentLoaded", followAll);

// An attachment is saved at once, so the form must name the newer version when it is saved itself.
function takeVersion() {
  const told = document.querySelector("[data-new-etag]");
  const field = document.querySelector("[data-etag]");
  if (told && field) field.value = told.dataset.newEtag;
  if (told) delete told.dataset.newEtag;
}

document.addEventListener("shenbao:uploaded", takeVersion);
document.addEventListener("htmx:afterSwap", takeVersion);
