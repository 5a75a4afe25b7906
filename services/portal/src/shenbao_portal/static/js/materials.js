// The form of a material: fields that depend on another, and the version that moves with every attachment.
"use strict";

function follow(part) {
  const source = document.getElementById(part.dataset.when);
  if (source) part.hidden = !part.dataset.whenValues.split(" ").includes(source.value);
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
