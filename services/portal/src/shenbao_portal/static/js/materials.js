// The form of a material: fields that depend on another, and the version that moves with every attachment.
"use strict";

// Of a field its value, of a column of rows that of each row; nothing where the page does not ask for it.
function valuesOf(test) {
  if (!test.column) {
    const source = document.getElementById(test.name);
    return source ? [source.value] : null;
  }
  const cells = document.querySelectorAll(`[name^="${test.name}-"][name$="-${test.column}"]`);
  return [...cells].map((cell) => cell.value);
}

function holds(test) {
  const values = valuesOf(test);
  return values === null || values.some((value) => test.values.includes(value)) === test.one_of;
}

function follow(part) {
  part.hidden = !JSON.parse(part.dataset.when).every(holds);
}

function followAll() {
  for (const part of document.querySelectorAll("[data-when]")) follow(part);
}

document.addEventListener("change", followAll);
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
