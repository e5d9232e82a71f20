"""Claims about one person's pages beside the first."""

TABS = ("wealth", "ahead", "insights", "consents", "coverage", "notice")


def pages(get, person, nobody):
    """Names and paths of the pages of a person with a story and of one without."""
    found = {tab: "%s/%s" % (person, tab) for tab in TABS}
    found.update({"no-" + tab: "%s/%s" % (nobody, tab) for tab in TABS})
    parts = get("/v1" + person + "/net-worth?period=12m")["change"]["parts"]
    found["trace"] = "%s/wealth/%s" % (person, parts[0]["asset"]["id"])
    return found


def claim_tabs(browser, address):
    """Every chart of the person's other pages is drawn, named, read by the keyboard and has its table."""
    page, found = browser.page(), []
    charts = {"wealth": 3, "ahead": 1, "coverage": 1}
    for tab, least in charts.items():
        page.open(address + "/" + tab)
        figures = page.run("[...document.querySelectorAll('[data-chart]')].map(f => f.id)")
        if len(figures) < least:
            found.append("%s has %d charts" % (tab, len(figures)))
        for chart in figures:
            if not page.run("document.querySelector('#%s svg').querySelector('rect, path') !== null" % chart):
                found.append(chart + " is empty")
            if page.run("document.querySelector('#%s .summary').textContent.length" % chart) < 20:
                found.append(chart + " says little")
            page.run("document.querySelector('#%s svg').focus()" % chart)
            rows = page.run("[...document.querySelectorAll('#%s tbody tr')].map(r => r.cells[0].textContent)" % chart)
            spoken = "document.querySelector('#%s .readout b')?.textContent" % chart
            for key, row in (("ArrowRight", 0), ("End", -1), ("Home", 0)):
                page.key(key)
                if page.run(spoken) != rows[row]:
                    found.append("%s: %s says %s" % (chart, key, page.run(spoken)))
            page.key("Escape")
        if page.run("document.querySelectorAll('.tabs [aria-current=page]').length") != 1:
            found.append(tab + " is not marked in the menu")
    page.close()
    return found


def claim_waterfall(browser, address):
    """The bars of the waterfall hang together: each begins where the one before ended, the last at the last amount."""
    page, found = browser.page(), []
    page.open(address + "/wealth")
    values = page.run("[...document.querySelectorAll('#chart-why tbody td')].map(td => Number(td.dataset.value))")
    if sum(values[:-1]) != values[-1] or len(values) < 4:
        found.append("the parts do not add up: %s" % values)
    bars = page.run("[...document.querySelectorAll('#chart-why .bar')].map(b => [b.x.baseVal.value, b.width.baseVal.value])")
    middle = lambda bar: bar[0] + bar[1] / 2
    at = middle(bars[0])
    for value, bar in zip(values[1:-1], bars[1:-1]):
        start, end = (bar[0], bar[0] + bar[1]) if value > 0 else (bar[0] + bar[1], bar[0])
        if abs(start - at) > 2.5:
            found.append("a bar of %s begins %.1f px away" % (value, start - at))
        at = end
    if abs(middle(bars[-1]) - at) > 2.5:
        found.append("the last bar is %.1f px away" % (middle(bars[-1]) - at))
    page.close()
    return found


def claims(address):
    return [
        ("every chart of the person's other pages is drawn, named and read by the keyboard",
         lambda browser: claim_tabs(browser, address)),
        ("the waterfall hangs together and adds up", lambda browser: claim_waterfall(browser, address)),
    ]
