// What a machine read of an image goes into the form when its owner says so; what may not be changed is compared.
"use strict";

function takeReading(line, told) {
  const control = document.getElementById(line.dataset.reads);
  if (!control) return;
  const state = line.querySelector("[data-reading-state]");
  const { value } = line.dataset;
  const fixed = control.readOnly || control.disabled;
  const other = fixed && control.value.toUpperCase() !== value.toUpperCase();
  state.classList.toggle("reading-other", other);
  if (other) state.textContent = told.other.replace("{value}", control.value);
  else state.textContent = fixed ? told.same : told.taken;
  if (fixed) return;
  control.value = value;
  control.dispatchEvent(new Event("change", { bubbles: true }));
}

document.addEventListener("click", (event) => {
  const part = event.target.closest("[data-reading-take]")?.closest("[data-reading]");
  if (!part) return;
  for (const line of part.querySelectorAll("[data-reads]")) takeReading(line, part.dataset);
});
