// The menu is longer than the screen: it opens where the page that is shown stands in it.
"use strict";

function toCurrent() {
  const menu = document.getElementById("menu");
  const current = menu?.querySelector("[aria-current]");
  if (!current) return;
  const at = current.getBoundingClientRect();
  const frame = menu.getBoundingClientRect();
  if (at.top < frame.top || at.bottom > frame.bottom)
    menu.scrollTop += at.top - frame.top - (frame.height - at.height) / 2;
}

document.addEventListener("DOMContentLoaded", () => {
  toCurrent();
  document.getElementById("menu")?.addEventListener("toggle", toCurrent);
});
