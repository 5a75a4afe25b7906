// A form that needs a choice among its radio buttons is sent only after one is made.
"use strict";

function ready(form) {
  const chosen = form.querySelector("input[type=radio]:checked") !== null;
  for (const button of form.querySelectorAll("button.btn-primary")) button.disabled = !chosen;
}

document.addEventListener("DOMContentLoaded", () => {
  for (const form of document.querySelectorAll("[data-needs-choice]")) {
    ready(form);
    form.addEventListener("change", () => ready(form));
  }
});
