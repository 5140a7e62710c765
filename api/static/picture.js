// Makes a PNG of a panel: its chart where it has one, else its table, with the title and the command.
"use strict";

const SCALE = 2;
const EDGE = 16;
const LINE = 22;

function textsOf(panel) {
  const tiles = [...panel.querySelectorAll("dl > div")];
  if (tiles.length) return tiles.map((tile) => [...tile.children].map((child) => child.textContent));
  return [...panel.querySelectorAll("table tr")].map((row) =>
    [...row.cells].filter((cell) => !cell.classList.contains("bar")).map((cell) => cell.textContent));
}

function picture(panel) {
  const canvas = document.createElement("canvas");
  const pen = canvas.getContext("2d");
  const font = "14px system-ui, sans-serif";
  pen.font = font;
  const chart = charts.get(panel.id);
  const rows = chart ? [] : textsOf(panel);
  const widths = [];
  rows.forEach((row) => row.forEach((text, place) => {
    widths[place] = Math.max(widths[place] ?? 0, pen.measureText(text).width + EDGE);
  }));
  const drawn = chart?.ctx.canvas;
  const drawnWidth = chart ? drawn.width / devicePixelRatio : 0;
  const drawnHeight = chart ? drawn.height / devicePixelRatio + LINE : 0;
  const title = panel.querySelector("h2").textContent;
  const command = panel.querySelector("footer code").textContent;
  const inner = Math.max(drawnWidth, widths.reduce((sum, width) => sum + width, 0), pen.measureText(command).width);
  const height = 4 * EDGE + 2 * LINE + drawnHeight + rows.length * LINE;
  canvas.width = SCALE * (inner + 2 * EDGE);
  canvas.height = SCALE * height;
  pen.scale(SCALE, SCALE);
  pen.fillStyle = colour("--panel");
  pen.fillRect(0, 0, inner + 2 * EDGE, height);
  pen.textBaseline = "top";
  pen.fillStyle = colour("--text");
  pen.font = `bold ${font}`;
  pen.fillText(title, EDGE, EDGE);
  pen.font = font;
  let top = EDGE + 2 * LINE;
  if (chart) {
    let left = EDGE;
    chart.series.slice(1).forEach((series) => {
      pen.fillStyle = series.stroke();
      pen.fillRect(left, top - LINE + 4, 10, 10);
      pen.fillStyle = colour("--text");
      pen.fillText(series.label, left + 14, top - LINE);
      left += pen.measureText(series.label).width + 30;
    });
    pen.drawImage(drawn, EDGE, top, drawnWidth, drawnHeight - LINE);
    top += drawnHeight;
  }
  rows.forEach((row) => {
    let left = EDGE;
    row.forEach((text, place) => {
      pen.fillText(text, left, top);
      left += widths[place];
    });
    top += LINE;
  });
  pen.fillStyle = colour("--quiet");
  pen.fillText(command, EDGE, height - EDGE - LINE / 2);
  return canvas;
}

document.querySelectorAll("button.picture").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => {
    const panel = button.closest(".panel");
    picture(panel).toBlob((blob) => {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(blob);
      link.download = `${panel.id}.png`;
      link.click();
      URL.revokeObjectURL(link.href);
    });
  });
});
