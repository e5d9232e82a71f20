"""Measures the charts' own scale and path code against d3's modules (Debian packages node-d3-*).

Usage: measure.py BROWSER. Prints bytes, and the median of 21 runs of building and of drawing one line of 100,000
points in a 900 by 320 picture, in one browser and one run, so that the ratios hold whatever the machine.
"""

import gzip
import json
import os
import sys

from chromium import Chromium

HERE = os.path.dirname(os.path.abspath(__file__))
CHARTS = os.path.join(HERE, "..", "..", "..", "Sources", "Web", "Resources", "charts.js")
D3 = "/usr/share/nodejs/d3-%s/dist/d3-%s.js"
MODULES = ("array", "collection", "path", "color", "format", "interpolate", "time", "time-format", "scale", "shape")

MEASURE = """
(async () => {
  const n = 100000, width = 900, height = 320, values = new Float64Array(n);
  for (let i = 0, v = 0, s = 42; i < n; i++) { s = (s * 1103515245 + 12345) % 2147483648; v += s / 2147483648 - .5; values[i] = v; }
  const low = values.reduce((a, b) => Math.min(a, b)), high = values.reduce((a, b) => Math.max(a, b));
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg"), path = document.createElementNS(svg.namespaceURI, "path");
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.append(path); document.body.replaceChildren(svg);
  const median = list => list.sort((a, b) => a - b)[list.length >> 1];
  const ways = { own: () => {
    const y = own.scale(low, high, height, 0), x = own.scale(0, n - 1, 0, width);
    own.ticks(low, high, 5);
    return own.linePath(values, x, y, width);
  } };
  if (window.d3) {
    const line = d3.line().x((_, i) => i), build = () => {
      const y = d3.scaleLinear([low, high], [height, 0]).nice(), x = d3.scaleLinear([0, n - 1], [0, width]);
      y.ticks(5);
      return d3.line().x((_, i) => x(i)).y(v => y(v))(values);
    };
    ways.d3 = build;
  }
  const out = {};
  for (const [name, way] of Object.entries(ways)) {
    const built = [], drawn = [];
    for (let run = 0; run < 21; run++) {
      const start = performance.now(), d = way(), middle = performance.now();
      path.setAttribute("d", d); path.getTotalLength(); path.getBBox();
      built.push(middle - start); drawn.push(performance.now() - start);
      await new Promise(requestAnimationFrame);
    }
    out[name] = { build_ms: median(built), draw_ms: median(drawn), path_bytes: path.getAttribute("d").length };
  }
  return out;
})()
"""


def size(texts):
    data = "\n".join(texts).encode()
    return "%.1f kB, %.1f kB gzip" % (len(data) / 1000, len(gzip.compress(data, 9)) / 1000)


def main():
    charts = open(CHARTS, encoding="utf-8").read()
    browser = Chromium(sys.argv[1])
    page = browser.page(width=1000)
    page.run("document.documentElement.lang = 'ko'; window.own = (() => { %s; return { ticks, scale, linePath } })()" % charts.replace("export ", ""))
    files = [D3 % (name, name) for name in MODULES]
    d3 = [open(name, encoding="utf-8").read() for name in files if os.path.exists(name)]
    if len(d3) == len(files):
        for text in d3:
            page.run(text)
        print("d3 modules:", size(d3))
    else:
        print("d3 modules: not installed (Debian package node-d3), so only ours is measured")
    math = charts[charts.index("/** Round numbers"):charts.index("const node =")]
    print("own scale, ticks and path:", size([math]))
    print("own module with all charts:", size([charts]))
    for name, figures in page.run(MEASURE).items():
        print(name, json.dumps(figures))
    browser.close()


main()
