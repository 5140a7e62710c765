// Draws the charts over time from the tables of the page: what is drawn is what is written.
"use strict";

const HEIGHT = 230;
const charts = new Map(); // by id of the panel

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function timeOf(text) { // 2026-11-20 or 2026-11-20T07, UTC, in seconds
  return Date.parse(text.length > 10 ? `${text}:00:00Z` : `${text}T00:00:00Z`) / 1000;
}

function columnsOf(table) {
  const heads = [...table.tHead.rows[0].cells];
  const rows = [...table.tBodies[0].rows];
  return heads.flatMap((head, place) => {
    if (!("drawn" in head.dataset)) return [];
    const cells = rows.map((row) => row.cells[place]);
    return [{
      name: head.textContent,
      texts: cells.map((cell) => cell.textContent),
      numbers: cells.map((cell) => ("number" in cell.dataset ? Number(cell.dataset.number) : null)),
    }];
  });
}

function stacked(columns) { // each on top of those before it; drawn from the last to the first
  const sums = columns[0].numbers.map(() => 0);
  return columns.map(({ numbers }) => numbers.map((number, row) => (sums[row] += number ?? 0)));
}

function draw(panel) {
  const isStack = panel.dataset.draw === "stack";
  const table = panel.querySelector(".scroll table");
  const place = panel.querySelector(".chart");
  const times = [...table.tBodies[0].rows].map((row) => timeOf(row.cells[0].textContent));
  const columns = columnsOf(table);
  if (!times.length || times.some(Number.isNaN) || !columns.length) return;
  const heights = isStack ? stacked(columns) : columns.map((column) => column.numbers);
  const order = columns.map((_, number) => number);
  if (isStack) order.reverse();
  const isByHour = table.tBodies[0].rows[0].cells[0].textContent.length > 10;
  const pace = isByHour ? 3600 : 86400;
  const ink = colour("--quiet");
  const grid = { stroke: colour("--line"), width: 1 };
  const money = columns[0].texts.some((text) => text.includes("$"));
  const label = (value) => (value === null ? "" : (money ? "$" : "") + Number(value.toPrecision(6)).toLocaleString("en"));
  const iso = (stamp) => new Date(stamp * 1000).toISOString();
  const dayOrHour = (stamp) => (stamp % 86400 ? iso(stamp).slice(11, 16) : iso(stamp).slice(5, 10));
  const options = {
    width: Math.max(place.clientWidth, 200),
    height: HEIGHT,
    tzDate: (stamp) => uPlot.tzDate(new Date(stamp * 1000), "Etc/UTC"),
    scales: {
      x: { range: (plot, least, most) => [least - pace * 0.6, most + pace * 0.6] },
      y: { range: (plot, least, most) => [Math.min(0, least ?? 0), (most ?? 0) * 1.08 || 1] },
    },
    axes: [
      { stroke: ink, grid: { show: false }, ticks: grid, values: (plot, stamps) => stamps.map(dayOrHour), incrs: isByHour ? [3600, 7200, 10800, 21600, 86400] : [86400, 2 * 86400, 7 * 86400, 30 * 86400] },
      { stroke: ink, grid, ticks: grid, size: 78, values: (plot, values) => values.map(label) },
    ],
    series: [
      { label: "time", value: (plot, stamp) => (stamp === null ? "" : iso(stamp).slice(0, isByHour ? 13 : 10)) },
      ...order.map((number) => {
        const stroke = colour(`--series-${(number % 5) + 1}`);
        return {
          label: columns[number].name,
          stroke,
          width: isStack ? 0 : 2,
          fill: isStack ? stroke : undefined,
          points: { show: !isStack },
          paths: isStack ? uPlot.paths.bars({ size: [0.7, 60] }) : undefined,
          value: (plot, value, series, row) => (row === null || row === undefined ? "" : columns[number].texts[row]),
        };
      }),
    ],
  };
  charts.get(panel.id)?.destroy();
  charts.set(panel.id, new uPlot(options, [times, ...order.map((number) => heights[number])], place));
}

function drawAll() {
  document.querySelectorAll('[data-draw="stack"], [data-draw="lines"]').forEach((panel) => {
    if (panel.querySelector(".scroll table")) draw(panel); // uPlot's legend is a table, too
  });
  document.documentElement.dataset.charts = String(charts.size);
}

let waiting = 0;
addEventListener("resize", () => {
  cancelAnimationFrame(waiting);
  waiting = requestAnimationFrame(drawAll);
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
drawAll();
