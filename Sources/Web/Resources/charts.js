// Draws a figure's chart from the figure's own table: the cells are the data, so picture and table agree.
// Scales and ticks are a few lines here; docs/performance.md has the measurement against d3's.
import { plots } from "./plots.js";
const NS = "http://www.w3.org/2000/svg";
const language = document.documentElement.lang;
const compact = new Intl.NumberFormat(language, { notation: "compact", maximumFractionDigits: 1 });

/** Round numbers from at or below `low` to at or above `high`, about `count` steps of 1, 2 or 5. */
export function ticks(low, high, count) {
  if (!(high > low)) high = low + 1;
  const raw = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 5].find(s => s * power >= raw) ?? 10);
  const out = [];
  const first = Math.floor(low / step);
  for (let k = first; (k - 1) * step < high; k++) out.push(k * step);
  return out;
}

/** A linear scale from [d0, d1] to [r0, r1]. */
export const scale = (d0, d1, r0, r1) => v => r0 + (v - d0) * (r1 - r0) / (d1 - d0 || 1);

/** A path through the values; with more values than pixels, each pixel's lowest and highest are kept. */
export function linePath(values, x, y, width) {
  const n = values.length;
  if (n === 0) return "";
  const at = i => x(i).toFixed(1) + "," + y(values[i]).toFixed(1);
  const parts = [];
  if (n <= 2 * width) {
    for (let i = 0; i < n; i++) parts.push(at(i));
    return "M" + parts.join("L");
  }
  for (let pixel = 0; pixel < width; pixel++) {
    const from = Math.floor(pixel * n / width), to = Math.floor((pixel + 1) * n / width);
    let low = from, high = from;
    for (let i = from + 1; i < to; i++) {
      if (values[i] < values[low]) low = i;
      if (values[i] > values[high]) high = i;
    }
    parts.push(at(Math.min(low, high)));
    if (low !== high) parts.push(at(Math.max(low, high)));
  }
  return "M" + parts.join("L");
}

const node = (name, attributes, text) => {
  const made = document.createElementNS(NS, name);
  for (const key in attributes) made.setAttribute(key, attributes[key]);
  if (text !== undefined) made.textContent = text;
  return made;
};

/** The figure's table as numbers and texts. */
function read(figure) {
  const heads = [...figure.querySelectorAll("thead th")].slice(1);
  const series = heads.flatMap((th, column) =>
    th.dataset.series ? [{ column, name: th.textContent, mark: th.dataset.series }] : []);
  const rows = [...figure.querySelectorAll("tbody tr")].map(tr => {
    const cells = [...tr.querySelectorAll("td")];
    return {
      name: tr.querySelector("th").textContent,
      values: cells.map(td => Number(td.dataset.value)),
      texts: cells.map(td => td.textContent),
    };
  });
  return { heads: heads.map(th => th.textContent), series, rows };
}

/** Class of a mark: its series' own, or its row's when each row has a colour. */
const mark = (series, row) => series.mark === "each" ? (row < 6 ? "s" + row : "rest")
  : /^\d$/.test(series.mark) ? "s" + series.mark : series.mark;

const shorten = (text, width) => {
  const most = Math.max(3, Math.floor(width / 12));
  return text.length > most ? text.slice(0, most - 1) + "…" : text;
};

/** Sideways bars, one for each row, with the exact amount at its end. */
function bars(svg, data, width) {
  const line = 34, names = Math.min(150, width * 0.34), ends = 118;
  const height = Math.max(1, data.rows.length) * line;
  const most = Math.max(...data.rows.map(row => row.values[0]), 0);
  const x = scale(0, most || 1, 0, Math.max(20, width - names - ends));
  data.rows.forEach((row, i) => {
    const y = i * line;
    svg.append(
      node("text", { x: 0, y: y + 21, class: "name" }, shorten(row.name, names)),
      node("rect", {
        x: names, y: y + 7, width: Math.max(2, x(Math.max(0, row.values[0]))), height: 20, rx: 4,
        class: "bar " + mark(data.series[0], i), "data-row": i,
      }),
      node("text", { x: width, y: y + 21, class: "value", "text-anchor": "end" }, row.texts[0]));
  });
  return { height, place: (px, py) => Math.floor(py / line) };
}

/** The frame of an upright chart: grid, labels, and where rows and values are. */
function frame(svg, data, width, height, low, high) {
  const steps = ticks(Math.min(0, low), Math.max(0, high), 4);
  const labels = steps.map(v => compact.format(v));
  const left = Math.max(...labels.map(l => l.length)) * 8 + 14;
  const inner = { left, right: width - 6, top: 10, bottom: height - 24 };
  const y = scale(steps[0], steps.at(-1), inner.bottom, inner.top);
  steps.forEach((v, i) => svg.append(
    node("line", { x1: left, x2: inner.right, y1: y(v), y2: y(v), class: v === 0 ? "axis" : "grid" }),
    node("text", { x: left - 8, y: y(v) + 4, "text-anchor": "end" }, labels[i])));
  const n = Math.max(1, data.rows.length), band = (inner.right - left) / n;
  const every = Math.ceil(58 / band);
  data.rows.forEach((row, i) => {
    if ((n - 1 - i) % every) return;
    svg.append(node("text", { x: left + band * (i + 0.5), y: height - 6, "text-anchor": "middle" },
      /^\d{4}-\d\d-\d\d$/.test(row.name) ? row.name.slice(5).replace("-", ".")
        : /^\d{4}-\d\d\b/.test(row.name) ? row.name.slice(2, 7).replace("-", ".") : row.name));
  });
  return { ...inner, y, band, place: px => Math.floor((px - left) / band) };
}

/** Upright bars: the series on top of each other, or side by side. */
function columns(svg, data, width, stacked) {
  const height = stacked ? 300 : 240;
  const sums = data.rows.map(row => {
    const all = data.series.map(s => row.values[s.column]);
    const up = all.filter(v => v > 0), down = all.filter(v => v < 0), sum = (a, b) => a + b;
    return stacked ? [down.reduce(sum, 0), up.reduce(sum, 0)] : [Math.min(0, ...all), Math.max(0, ...all)];
  });
  const box = frame(svg, data, width, height,
    Math.min(0, ...sums.map(s => s[0])), Math.max(0, ...sums.map(s => s[1])));
  const room = Math.min(box.band * 0.72, stacked ? 56 : 72);
  data.rows.forEach((row, i) => {
    const middle = box.left + box.band * (i + 0.5);
    let up = 0, down = 0;
    data.series.forEach((series, k) => {
      const value = row.values[series.column];
      if (!value) return;
      const base = stacked ? (value > 0 ? up : down) : 0;
      if (value > 0) up += value; else down += value;
      const top = box.y(Math.max(base, base + value)), bottom = box.y(Math.min(base, base + value));
      const wide = stacked ? room : room / data.series.length;
      svg.append(node("rect", {
        x: middle - room / 2 + (stacked ? 0 : k * wide), y: top, width: Math.max(1, wide - (stacked ? 0 : 2)),
        height: Math.max(0.5, bottom - top - (stacked && bottom - top > 3 ? 1.5 : 0)), rx: stacked ? 1.5 : 3,
        class: "bar " + mark(series, i), "data-row": i,
      }));
    });
  });
  return { height, place: box.place, at: i => box.left + box.band * (i + 0.5), box };
}

/** Lines; a spark has one, with its area, and no months below. */
function lines(svg, data, width, spark) {
  const height = spark ? 170 : 240;
  const all = data.series.map(s => data.rows.map(row => row.values[s.column]));
  const shown = spark ? { ...data, rows: data.rows.map(row => ({ ...row, name: "" })) } : data;
  const box = frame(svg, shown, width, height, Math.min(0, ...all.flat()), Math.max(0, ...all.flat()));
  const x = i => box.left + box.band * (i + 0.5);
  data.series.forEach((series, k) => {
    const path = linePath(all[k], x, box.y, Math.max(1, Math.floor(width)));
    if (k === 0 && path) {
      const end = `L${x(all[k].length - 1)},${box.y(0)}L${x(0)},${box.y(0)}Z`;
      svg.append(node("path", { d: path + end, class: "under " + mark(series, 0) }));
    }
    if (path) svg.append(node("path", { d: path, class: "curve " + mark(series, 0) }));
    if (all[k].length) {
      svg.append(node("circle", {
        cx: x(all[k].length - 1), cy: box.y(all[k].at(-1)), r: 4.5, class: "point " + mark(series, 0),
      }));
    }
  });
  return { height, place: box.place, at: x, box };
}

/** One row in words: its name and every cell with its column's. Zeros of a long row are left out. */
function speak(data, row) {
  if (row < 0) return [];
  const name = document.createElement("b");
  name.textContent = data.rows[row].name;
  const long = data.heads.length > 3;
  return [name, ...data.heads.flatMap((head, c) => {
    if (long && data.rows[row].values[c] === 0) return [];
    const line = document.createElement("span"), text = document.createElement("i");
    text.textContent = data.rows[row].texts[c];
    line.append(head + " ", text);
    return [line];
  })];
}

/** Draws the chart anew; keeps the keyboard's place. */
export function draw(figure) {
  const data = read(figure), canvas = figure.querySelector(".canvas");
  const width = Math.max(200, canvas.clientWidth), kind = figure.dataset.chart;
  const old = canvas.firstElementChild;
  const svg = old ?? node("svg", {
    role: "img", tabindex: 0, "aria-labelledby": `${figure.id}-name ${figure.id}-summary`,
    "aria-describedby": figure.id + "-hint",
  });
  svg.replaceChildren();
  figure.querySelector("h3").id = figure.id + "-name";
  const tools = { node, scale, shorten, frame, linePath };
  const drawn = plots[kind] ? plots[kind](svg, data, width, tools)
    : kind === "bars" ? bars(svg, data, width)
    : kind === "stacked" || kind === "grouped" ? columns(svg, data, width, kind === "stacked")
    : lines(svg, data, width, kind === "spark");
  svg.setAttribute("viewBox", `0 0 ${width} ${drawn.height}`);
  svg.setAttribute("height", drawn.height);
  if (drawn.box) {
    svg.append(node("line", { class: "cursor", y1: drawn.box.top, y2: drawn.box.bottom }));
  }
  figure.chart = { data, drawn, width, row: figure.chart?.row ?? -1 };
  if (!old) {
    canvas.append(svg);
    listen(figure, svg);
    legend(figure, data);
  }
}

/** Shows one row: marks it, and says it where a screen reader hears it. */
function show(figure, row) {
  const { data, drawn } = figure.chart, svg = figure.querySelector("svg");
  if (row >= data.rows.length) row = data.rows.length - 1;
  figure.chart.row = row;
  svg.classList.toggle("dim", row >= 0);
  svg.querySelectorAll(".bar").forEach(bar => bar.classList.toggle("on", Number(bar.dataset.row) === row));
  const cursor = svg.querySelector(".cursor");
  if (cursor && row >= 0) { cursor.setAttribute("x1", drawn.at(row)); cursor.setAttribute("x2", drawn.at(row)); }
  cursor?.classList.toggle("on", row >= 0);
  const readout = figure.querySelector(".readout");
  readout.classList.toggle("left", row >= data.rows.length / 2 && Boolean(drawn.at));
  readout.replaceChildren(...speak(data, row));
}

function listen(figure, svg) {
  svg.addEventListener("keydown", event => {
    const { data, row } = figure.chart, last = data.rows.length - 1;
    const next = {
      ArrowRight: Math.min(last, row + 1), ArrowDown: Math.min(last, row + 1), Home: 0, End: last,
      ArrowLeft: row < 0 ? last : Math.max(0, row - 1), ArrowUp: row < 0 ? last : Math.max(0, row - 1), Escape: -1,
    }[event.key];
    if (next === undefined || last < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    show(figure, next);
  });
  svg.addEventListener("pointermove", event => {
    const box = svg.getBoundingClientRect(), factor = figure.chart.width / box.width;
    const row = figure.chart.drawn.place((event.clientX - box.left) * factor, (event.clientY - box.top) * factor);
    const bounded = row >= 0 && row < figure.chart.data.rows.length ? row : -1;
    if (bounded !== figure.chart.row) show(figure, bounded);
  });
  svg.addEventListener("pointerleave", () => show(figure, -1));
  svg.addEventListener("blur", () => show(figure, -1));
}

function legend(figure, data) {
  const list = figure.querySelector(".legend");
  if (figure.dataset.chart === "strip") return states(list, data);
  if (data.series.length < 2) return;
  list.replaceChildren(...data.series.map(series => {
    const item = document.createElement("li"), swatch = document.createElement("i");
    swatch.className = mark(series, 0);
    item.append(swatch, series.name);
    return item;
  }));
  list.hidden = false;
}

/** The states of a strip, each once, with the words of the table. */
function states(list, data) {
  const texts = new Map(data.rows.map(row => [row.values[2], row.texts[2]]));
  list.replaceChildren(...[...texts.keys()].sort().map(state => {
    const item = document.createElement("li"), swatch = document.createElement("i");
    swatch.className = ["covered", "proven", "gap"][state];
    item.append(swatch, texts.get(state));
    return item;
  }));
  list.hidden = false;
}
