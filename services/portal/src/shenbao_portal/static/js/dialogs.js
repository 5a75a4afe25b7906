// Native dialogs: data-opens="<id>" opens, data-closes closes; one that the server sent back with errors opens itself.
"use strict";

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) document.getElementById(opener.dataset.opens).showModal();
  const closer = event.target.closest("[data-closes]");
  if (closer) closer.closest("dialog").close();
  if (event.target.matches("dialog.box")) event.target.close();
});

document.addEventListener("DOMContentLoaded", () => {
  const wrong = document.querySelector("dialog [data-summary], dialog .field-wrong");
  if (!wrong) return;
  wrong.closest("dialog").showModal();
  wrong.querySelector("input, textarea, select")?.focus();
});
