// Rules that a page must keep; each returns what breaks it. Run inside the page by claims.py.
(() => {
  const shown = e => e.checkVisibility({ checkVisibilityCSS: true, checkOpacity: true }) && e.getClientRects().length > 0;
  const unseen = e => Boolean(e.closest(".unseen, .skip, [aria-hidden=true]"));
  const about = e => e.tagName.toLowerCase() + (e.id ? "#" + e.id : "") + (e.classList.length ? "." + [...e.classList].join(".") : "")
    + " «" + (e.textContent || "").trim().slice(0, 30) + "»";
  const parse = text => {
    const canvas = parse.canvas ??= new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = text;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return { r, g, b, a: a / 255 };
  };
  const over = (top, under) => {
    const mix = key => top[key] * top.a + under[key] * (1 - top.a);
    return { r: mix("r"), g: mix("g"), b: mix("b"), a: 1 };
  };
  const background = element => {
    const layers = [];
    for (let e = element; e; e = e.parentElement) {
      const colour = parse(getComputedStyle(e).backgroundColor);
      if (colour.a > 0) layers.push(colour);
      if (colour.a === 1) break;
    }
    return layers.reverse().reduce((under, top) => over(top, under), { r: 255, g: 255, b: 255, a: 1 });
  };
  const luminance = ({ r, g, b }) => {
    const [x, y, z] = [r, g, b].map(v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const contrast = (one, other) => {
    const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };

  /** WCAG 1.4.3: text against what is behind it. */
  function text() {
    const broken = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node; (node = walker.nextNode());) {
      const e = node.parentElement;
      if (!node.data.trim() || !shown(e) || e.closest(".unseen, .skip")) continue;
      const style = getComputedStyle(e), inSVG = e.closest("svg");
      const size = parseFloat(style.fontSize), bold = Number(style.fontWeight) >= 700;
      const least = size >= 24 || (bold && size >= 18.66) ? 3 : 4.5;
      const behind = background(e);
      const ratio = contrast(over(parse(inSVG ? style.fill : style.color), behind), behind);
      if (ratio < least) broken.push(about(e) + " " + ratio.toFixed(2));
    }
    return broken;
  }

  /** WCAG 1.4.11: bars, lines, borders of inputs, signs of state against what is behind them. */
  function marks() {
    const broken = [];
    for (const e of document.querySelectorAll(".bar, .curve, .point, .axis, .legend i, input:not([type=hidden])")) {
      if (!shown(e)) continue;
      const style = getComputedStyle(e), behind = background(e.parentElement);
      const colour = e.matches(".curve, .axis") ? style.stroke : e.matches(".bar, .point") ? style.fill
        : parseFloat(style.borderTopWidth) > 0 ? style.borderTopColor : style.backgroundColor;
      const ratio = contrast(over(parse(colour), behind), behind);
      if (ratio < 3) broken.push(about(e) + " " + colour + " " + ratio.toFixed(2));
    }
    return broken;
  }

  /** WCAG 2.5.8: at least 24 by 24, but for links inside a line of text. */
  function targets() {
    return [...document.querySelectorAll("a[href], button, summary, input:not([type=hidden]), [tabindex='0']")]
      .filter(e => shown(e) && !unseen(e)).flatMap(e => {
        const box = e.getBoundingClientRect();
        if (e.matches("p.empty > a:not(.button)")) return [];
        return box.width >= 23.5 && box.height >= 23.5 ? [] : [about(e) + ` ${box.width}×${box.height}`];
      });
  }

  function structure() {
    const broken = [];
    if (!["ko", "en"].includes(document.documentElement.lang)) broken.push("lang");
    if (!document.title.trim()) broken.push("title");
    for (const landmark of ["header", "main", "footer"]) {
      if (document.querySelectorAll("body > " + landmark).length !== 1) broken.push("landmark " + landmark);
    }
    let level = 0;
    for (const heading of document.querySelectorAll("h1, h2, h3, h4, h5, h6")) {
      if (!shown(heading)) continue;
      const next = Number(heading.tagName[1]);
      if (next > level + 1) broken.push("heading skips to " + about(heading));
      level = next;
    }
    const ids = [...document.querySelectorAll("[id]")].map(e => e.id);
    ids.filter((id, i) => ids.indexOf(id) !== i).forEach(id => broken.push("id twice " + id));
    for (const name of ["aria-labelledby", "aria-describedby", "aria-controls"]) {
      for (const e of document.querySelectorAll(`[${name}]`)) {
        if (e.tagName === "DIALOG") continue; // Its heading comes with what it shows.
        e.getAttribute(name).split(" ").filter(id => !document.getElementById(id))
          .forEach(id => broken.push(`${name} of ${about(e)}: no ${id}`));
      }
    }
    document.querySelectorAll("img:not([alt]), th:not([scope])").forEach(e => broken.push(about(e)));
    document.querySelectorAll("table").forEach(e => {
      if (!e.caption && !e.closest("[role=region]")) broken.push("no name " + about(e));
    });
    return broken;
  }

  /** WCAG 1.4.10: nothing sticks out of the page but tables in their own scroller. */
  function reflow() {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    return [...document.querySelectorAll("body *")].filter(e => shown(e) && !e.closest(".scroll"))
      .filter(e => e.getBoundingClientRect().right > width + 1).map(about).slice(0, 5);
  }

  return { text, marks, targets, structure, reflow };
})()
