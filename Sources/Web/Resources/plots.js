// Charts of one person's pages: why an amount changed, what is expected within which band, which days are covered.
// Each gets the figure's table as numbers (`data`), and the tools of charts.js; it draws into `svg` and tells its height,
// which row is at a place, and where a row is.

/** From the first row's amount by the rows between to the last row's: bars that hang where the one before ended. */
function waterfall(svg, data, width, { node, scale, shorten }) {
  const line = 36, names = Math.min(170, width * 0.34), ends = 122;
  const column = data.series[0].column, last = data.rows.length - 1;
  let sum = 0;
  const spans = data.rows.map((row, i) => {
    const value = row.values[column], from = i === 0 || i === last ? value : sum;
    sum = i === 0 || i === last ? value : sum + value;
    return [from, sum];
  });
  const low = Math.min(...spans.flat()), high = Math.max(...spans.flat()), room = (high - low) / 20 || Math.abs(high) / 20 || 1;
  const x = scale(low - room, high + room, names, Math.max(names + 20, width - ends));
  spans.forEach(([from, to], i) => {
    const y = i * line, isEnd = i === 0 || i === last, row = data.rows[i];
    const change = isEnd || from === to ? "" : to > from ? "+" : "";
    if (i < last) svg.append(node("line", { x1: x(to), x2: x(to), y1: y + 27, y2: y + line + 9, class: "axis" }));
    svg.append(
      node("text", { x: 0, y: y + 22, class: "name" }, shorten(row.name, names)),
      node("rect", {
        x: isEnd ? x(to) - 3 : Math.min(x(from), x(to)), y: y + 8, height: 20, rx: isEnd ? 0 : 3,
        width: isEnd ? 6 : Math.max(2, Math.abs(x(to) - x(from))),
        class: "bar " + (isEnd ? "total" : to < from ? "less" : "more"), "data-row": i,
      }),
      node("text", { x: width, y: y + 22, class: "value", "text-anchor": "end" }, change + row.texts[column]));
  });
  return { height: data.rows.length * line, place: (px, py) => Math.floor(py / line) };
}

/** What is expected as a line, the band around it, and a ring at the lowest point. */
function band(svg, data, width, { node, frame, linePath }) {
  const height = 280, [middle, low, high] = data.series.map(s => data.rows.map(row => row.values[s.column]));
  const box = frame(svg, data, width, height, Math.min(0, ...low), Math.max(0, ...high));
  const x = i => box.left + box.band * (i + 0.5), step = Math.max(1, Math.floor(width));
  const upper = linePath(high, x, box.y, step), lower = linePath([...low].reverse(), i => x(low.length - 1 - i), box.y, step);
  if (upper) {
    svg.append(node("path", { d: upper + "L" + lower.slice(1) + "Z", class: "under spent" }));
    svg.append(node("path", { d: linePath(low, x, box.y, step), class: "curve low" }));
    svg.append(node("path", { d: upper, class: "curve high" }));
    svg.append(node("path", { d: linePath(middle, x, box.y, step), class: "curve spent" }));
    const lowest = middle.indexOf(Math.min(...middle));
    svg.append(node("circle", { cx: x(lowest), cy: box.y(middle[lowest]), r: 5.5, class: "point spent" }));
  }
  return { height, place: box.place, at: x, box };
}

const day = 86400000, date = days => new Date(days * day).toISOString().slice(0, 10);

/** One strip of days for each name: covered thin, proven thick, gaps as marked blocks over the strip. */
function strip(svg, data, width, { node, scale, shorten }) {
  const line = width < 500 ? 46 : 34, names = width < 500 ? 0 : Math.min(310, width * 0.34);
  const lanes = [...new Set(data.rows.map(row => row.name))];
  const low = Math.min(...data.rows.map(row => row.values[0])), high = Math.max(...data.rows.map(row => row.values[1])) + 1;
  const x = scale(low, high, names, width - 4), height = lanes.length * line + 24;
  const lift = names ? 0 : 14;
  for (let k = 0; k <= 4; k++) {
    const at = low + (high - 1 - low) * k / 4;
    svg.append(
      node("line", { x1: x(at), x2: x(at), y1: 4, y2: height - 20, class: "grid" }),
      node("text", { x: x(at), y: height - 4, "text-anchor": k === 0 ? "start" : k === 4 ? "end" : "middle" },
        date(Math.round(at)).slice(2, 7).replace("-", ".")));
  }
  lanes.forEach((name, i) => svg.append(
    node("text", { x: 0, y: i * line + (names ? 20 : 14), class: "name" }, shorten(name, names || width))));
  data.rows.forEach((row, i) => {
    const y = lanes.indexOf(row.name) * line + lift, [from, through, state] = row.values;
    const start = x(from), wide = Math.max(state === 2 ? 7 : 2, x(through + 1) - start);
    const [top, thick] = [[13, 4], [9, 12], [6, 18]][state];
    svg.append(node("rect", {
      x: start, y: y + top, width: wide, height: thick, rx: state === 2 ? 0 : 2,
      class: "bar " + ["covered", "proven", "gap"][state], "data-row": i,
    }));
  });
  return {
    height,
    place: (px, py) => data.rows.findLastIndex(row =>
      Math.floor(py / line) === lanes.indexOf(row.name) && px >= x(row.values[0]) - 4 && px <= x(row.values[1] + 1) + 4),
  };
}

export const plots = { waterfall, band, strip };
