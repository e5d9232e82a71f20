// Wakes up what the server rendered: charts, table twins, the live overview, explanations.
import { draw } from "./charts.js";

const words = document.body.dataset, language = document.documentElement.lang;
const integer = new Intl.NumberFormat(language);
const pairs = text => Object.fromEntries(text.split("|").map(pair => pair.split("=")));
const figures = [...document.querySelectorAll("[data-chart]")];

// Charts and their tables.
for (const figure of figures) {
  draw(figure);
  const toggle = figure.querySelector(".twin-toggle"), twin = figure.querySelector(".twin");
  toggle.hidden = false;
  toggle.addEventListener("click", () => {
    const open = twin.toggleAttribute("data-open");
    toggle.setAttribute("aria-expanded", open);
    toggle.textContent = open ? words.hideTable : words.showTable;
  });
}
// On a phone a row becomes a card; its cells then carry their columns' names.
function label(table) {
  const heads = [...table.tHead.rows[0].cells].map(cell => cell.textContent);
  for (const row of table.tBodies[0].rows) {
    [...row.cells].forEach((cell, i) => { cell.dataset.label = heads[i]; });
  }
}
document.querySelectorAll("table.stack").forEach(label);
const widths = new WeakMap();
const resized = new ResizeObserver(entries => entries.forEach(entry => {
  if (widths.get(entry.target) === entry.contentRect.width) return;
  widths.set(entry.target, entry.contentRect.width);
  draw(entry.target.closest("[data-chart]"));
}));
figures.forEach(figure => resized.observe(figure.querySelector(".canvas")));

// Numbers as the server writes them (Display.swift).
const two = number => String(number).padStart(2, "0");
const formats = {
  integer: value => integer.format(value),
  rate: value => {
    if (value >= 100 || Number.isInteger(value)) return integer.format(Math.round(value));
    const tenths = Math.round(value * 10);
    return integer.format(Math.floor(tenths / 10)) + "." + tenths % 10;
  },
  bytes: value => {
    const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
    let unit = 0;
    for (; value >= 1024 && unit < 5; unit++) value /= 1024;
    const cut = value >= 100 ? Math.floor(value) : Math.floor(value * 10) / 10;
    return (unit ? formats.rate(cut) : value) + " " + units[unit];
  },
  percent: value => Math.floor(value / 10) + "." + value % 10 + "%",
  duration: ms => {
    const s = Math.floor(ms / 1000);
    const [milli, second, minute, hour, day] = words.units.split("|");
    if (ms < 1000) return Math.max(0, ms) + milli;
    if (s < 60) return s + "." + Math.floor(ms % 1000 / 100) + second;
    if (s < 3600) return Math.floor(s / 60) + minute + " " + s % 60 + second;
    if (s < 86400) return Math.floor(s / 3600) + hour + " " + Math.floor(s % 3600 / 60) + minute;
    return Math.floor(s / 86400) + day + " " + Math.floor(s % 86400 / 3600) + hour;
  },
  moment: ms => {
    if (ms === null) return "–";
    const at = new Date(ms + 9 * 3600000);
    return `${at.getUTCFullYear()}-${two(at.getUTCMonth() + 1)}-${two(at.getUTCDate())} `
      + `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`;
  },
};

// A one-time link: its secret leaves the address and the history, and goes in the form.
const signIn = document.querySelector("[data-sign-in]");
function enter() {
  if (location.hash.length <= 32) return;
  signIn.elements.token.value = location.hash.slice(1);
  history.replaceState(null, "", location.pathname + location.search);
  signIn.requestSubmit();
}
if (signIn) {
  enter();
  // The link opened where this page is open already loads nothing anew.
  addEventListener("hashchange", enter);
}

// The live overview. The state says what is so: when the last value came, and whether more will come.
const live = document.querySelector("[data-stream]");
if (live) {
  const [, connecting, current, late, lost] = live.dataset.words.split("|");
  const status = live.querySelector("[role=status]"), age = live.querySelector(".age");
  const texts = { connecting, live: current, late, lost };
  let lastAt = null, state = "static";
  const become = next => {
    if (next === state) return;
    state = live.dataset.state = next;
    status.textContent = texts[next];
  };
  const source = new EventSource(live.dataset.stream);
  become("connecting");
  source.addEventListener("overview", event => {
    lastAt = performance.now();
    become("live");
    apply(JSON.parse(event.data));
  });
  // The browser tries again by itself unless the server refused; then we do.
  source.addEventListener("error", () => {
    become("lost");
    if (source.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), 10000);
  });
  setInterval(() => {
    if (lastAt === null) return;
    const seconds = Math.floor((performance.now() - lastAt) / 1000);
    if (state === "live" && seconds >= 5) become("late");
    age.textContent = seconds >= 3 ? live.dataset.age.replace("{seconds}", seconds) : "";
  }, 1000);
}

/** Writes one overview into the page. */
function apply(overview) {
  for (const element of document.querySelectorAll("[data-live]")) {
    const value = element.dataset.live.split(".").reduce((at, key) => at[key], overview);
    if (element.dataset.format === "meter") element.value = value;
    else set(element, formats[element.dataset.format](value));
  }
  for (const body of document.querySelectorAll("[data-rows]")) rows(body, overview[body.dataset.rows]);
  recent(overview.recent);
  readOnly(overview.mode);
  const rate = document.getElementById("rate");
  if (rate) rates(rate, overview.events_per_second_history);
}

const set = (element, text) => { if (element.textContent !== text) element.textContent = text; };

function rows(body, items) {
  const known = new Map([...body.rows].map(row => [row.dataset.id, row]));
  for (const item of items) {
    const row = known.get(String(item[body.dataset.key]));
    if (!row) return location.reload();
    for (const cell of row.querySelectorAll("[data-field]")) {
      if (cell.dataset.field !== "state") {
        set(cell, formats[cell.dataset.format](item[cell.dataset.field]));
        continue;
      }
      const place = item.parked || item.last_error ? 2 : item.lag_ms > 1000 ? 1 : 0;
      cell.dataset.state = ["current", "behind", "parked"][place];
      set(cell, body.dataset.states.split("|")[place]);
    }
  }
}

function recent(frames) {
  const body = document.querySelector("[data-recent]");
  if (!body || !frames.length) return;
  const section = body.closest("section"), kinds = pairs(body.dataset.kinds);
  section.querySelector("[data-empty]").hidden = true;
  section.querySelector(".scroll").hidden = false;
  body.replaceChildren(...frames.map(frame => {
    const row = document.createElement("tr"), head = document.createElement("th");
    head.scope = "row";
    head.textContent = kinds[frame.kind] ?? frame.kind;
    row.append(head, ...[
      String(frame.partition), formats.integer(frame.position), formats.integer(frame.events),
      formats.bytes(frame.bytes), formats.moment(frame.recorded_at_ms),
    ].map(text => {
      const cell = document.createElement("td");
      cell.className = "number";
      cell.textContent = text;
      return cell;
    }));
    return row;
  }));
  label(body.closest("table"));
}

function readOnly(mode) {
  const banner = document.querySelector("[data-read-only]");
  banner.hidden = mode.state === "normal";
  if (banner.hidden) return;
  const reason = pairs(banner.dataset.reasons)[mode.reason] ?? mode.reason;
  set(banner, banner.dataset.readOnly.replace("{reason}", reason));
}

/** Fills the rate's table with the last seconds, and draws and sums up anew. */
function rates(figure, values) {
  const body = figure.querySelector("tbody"), count = values.length;
  if (!count) return;
  while (body.rows.length > count) body.lastElementChild.remove();
  while (body.rows.length < count) {
    const row = document.createElement("tr"), head = document.createElement("th");
    head.scope = "row";
    row.append(head, Object.assign(document.createElement("td"), { className: "number" }));
    body.append(row);
  }
  values.forEach((value, i) => {
    const [head, cell] = body.rows[i].cells;
    set(head, words.ago.replace("{count}", count - 1 - i));
    set(cell, formats.rate(value));
    cell.dataset.value = value;
  });
  const third = Math.max(1, Math.floor(count / 3)), mean = list => list.reduce((a, b) => a + b, 0) / list.length;
  const first = mean(values.slice(0, third)), last = mean(values.slice(-third));
  const steady = count < 2 || Math.abs(last - first) <= Math.max(first, last) / 20;
  const filled = {
    count, low: formats.rate(Math.min(...values)), high: formats.rate(Math.max(...values)),
    last: formats.rate(values.at(-1)), trend: figure.dataset.trends.split("|")[steady ? 2 : last > first ? 0 : 1],
  };
  set(figure.querySelector(".summary"), figure.dataset.summary.replace(/\{(\w+)\}/g, (_, key) => filled[key]));
  draw(figure);
}

// Why a transaction is in its category: the page's own article, in a dialog.
const dialog = document.querySelector("dialog");
if (dialog) {
  document.addEventListener("click", async event => {
    const chip = event.target.closest("a[data-explain]");
    if (!chip || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    try {
      const answer = await fetch(chip.href, { headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const article = page.querySelector("[data-explanation]");
      if (!answer.ok || !article) throw new Error("no explanation");
      dialog.querySelector("[data-explanation-slot]").replaceChildren(document.adoptNode(article));
      dialog.showModal();
    } catch {
      location.assign(chip.href); // The page itself says what is wrong.
    }
  });
  dialog.addEventListener("click", event => { if (event.target === dialog) dialog.close(); });
}

// A page without a stream stays current: its parts come anew, unless somebody is in them.
const refresh = document.querySelector("[data-refresh]");
if (refresh) {
  const sign = document.querySelector("[data-fresh-state]"), said = sign.querySelector("[role=status]");
  const [, current, lost] = sign.dataset.words.split("|"), shown = new Map();
  const turn = (state, text) => {
    if (sign.dataset.state === state) return;
    sign.dataset.state = state;
    said.textContent = text;
  };
  setInterval(async () => {
    if (document.hidden) return;
    try {
      // The header says that nobody asked for it: an open page keeps nobody signed in.
      const answer = await fetch(location.href, { headers: { Accept: "text/html", "Jangbu-Refresh": "1" } });
      if (answer.status === 401) return location.reload();
      if (!answer.ok) throw new Error("no page");
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const part of document.querySelectorAll("[data-fresh]")) {
        const next = page.getElementById(part.id);
        if (!next || next.innerHTML === shown.get(part.id) || part.contains(document.activeElement)) continue;
        shown.set(part.id, next.innerHTML);
        part.replaceChildren(...[...next.childNodes].map(node => document.adoptNode(node)));
        part.querySelectorAll("table.stack").forEach(label);
      }
      turn("live", current);
    } catch {
      turn("lost", lost);
    }
  }, refresh.dataset.refresh * 1000);
}
