// Draws each table marked data-chart into the canvas before it. The table says everything; the drawing is for the eye.
"use strict";

const COLOURS = ["--brand", "--good", "--warn", "--danger"].map((name) =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim(),
);

// Colour alone tells nobody apart who does not see it.
const POINTS = ["circle", "rect", "triangle", "rectRot"];

function drawn(canvas) {
  const table = document.getElementById(canvas.dataset.chart);
  const [, ...names] = [...table.tHead.rows[0].cells].map((cell) => cell.textContent.trim());
  const rows = [...table.tBodies[0].rows];
  const datasets = names.map((label, column) => ({
    label,
    data: rows.map((row) => Number(row.cells[column + 1].textContent)),
    backgroundColor: COLOURS[column],
    borderColor: COLOURS[column],
    pointStyle: POINTS[column],
    pointRadius: 4,
  }));
  const labels = rows.map((row) => row.cells[0].dataset.short || row.cells[0].textContent.trim());
  return new window.Chart(canvas, {
    type: canvas.dataset.kind,
    data: { labels, datasets },
    options: {
      animation: false,
      maintainAspectRatio: false,
      plugins: { legend: { display: names.length > 1, position: "bottom", labels: { usePointStyle: true } } },
      scales: { y: { beginAtZero: true, ticks: { precision: 0 } } },
    },
  });
}

document.addEventListener("DOMContentLoaded", () => document.querySelectorAll("canvas[data-chart]").forEach(drawn));
