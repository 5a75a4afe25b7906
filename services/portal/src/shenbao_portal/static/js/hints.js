// Question marks that explain: open by pointer and by focus, stay while the pointer is on the text, close by Escape.
"use strict";

function place(mark, text) {
  const at = mark.getBoundingClientRect();
  const size = text.getBoundingClientRect();
  const left = Math.max(12, Math.min(at.left + at.width / 2 - size.width / 2, innerWidth - size.width - 12));
  const below = at.bottom + 6;
  const top = below + size.height > innerHeight ? Math.max(12, at.top - size.height - 6) : below;
  text.style.left = `${left}px`;
  text.style.top = `${top}px`;
}

function open(mark) {
  const text = document.getElementById(mark.getAttribute("aria-describedby"));
  if (text.matches(":popover-open")) return;
  closeAll();
  text.showPopover();
  place(mark, text);
}

function closeAll() {
  for (const text of document.querySelectorAll(".hint-text:popover-open")) text.hidePopover();
}

let leaving = 0;

document.addEventListener("pointerover", (event) => {
  const hint = event.target.closest?.(".hint");
  if (!hint) return;
  clearTimeout(leaving);
  open(hint.querySelector("[data-hint]"));
});

document.addEventListener("pointerout", (event) => {
  if (!event.target.closest?.(".hint") || event.relatedTarget?.closest?.(".hint")) return;
  leaving = setTimeout(() => {
    if (!document.activeElement?.matches("[data-hint]")) closeAll();
  }, 200);
});

document.addEventListener("focusin", (event) => {
  if (event.target.matches("[data-hint]")) open(event.target);
  else closeAll();
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") closeAll();
});

document.addEventListener("scroll", closeAll, { passive: true });
