"""Drives a real browser over the pages and prints one JSON line for each claim.

Usage: claims.py BROWSER ADDRESS FOLDER SESSIONS LINK. The server's ledger moves one second whenever /health/ready is asked.
Screenshots go to FOLDER for people to look at; SESSIONS and LINK are `visitors.py`'s.
"""

import base64
import functools
import json
import os
import sys
import traceback

import person
from chromium import Chromium
from visitors import Visitors, claim_link

BINARY, BASE, SHOTS, SESSIONS, LINK = sys.argv[1:]
VISITORS = Visitors(BASE, json.loads(SESSIONS))
RULES = open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "rules.js"), encoding="utf-8").read()
tick = functools.partial(VISITORS.get, "/health/ready")
PEOPLE = VISITORS.get("/v1/subjects")["items"]
PERSON, NOBODY = "/subjects/" + PEOPLE[0]["id"], "/subjects/" + PEOPLE[-1]["id"]
EVENT, ASIDE = PERSON + "/events/3.0", VISITORS.get("/v1/collection/quarantine")["items"][0]["id"]
PAGES = {"overview": "/", "people": "/subjects", "person": PERSON, "month": PERSON + "?period=this-month",
         "pounds": PERSON + "?period=24m&currency=GBP", "nobody": NOBODY, "explanation": EVENT, "problem": "/nothing",
         "problems": "/problems", "sign-in": "/sign-in", "accesses": PERSON + "/accesses",
         "collection": "/collection", "quarantine": "/collection/quarantine/" + ASIDE,
         **person.pages(VISITORS.get, PERSON, NOBODY)}


def rules(page, *names):
    found = []
    for name in names:
        found += ["%s: %s" % (name, fault) for fault in page.run("(%s).%s()" % (RULES, name))]
    return found


def names(page):
    """Every link, button, field and image has a name where assistive technology reads it."""
    nodes = page.call("Accessibility.getFullAXTree")["nodes"]
    roles = ("link", "button", "textbox", "image", "DisclosureTriangle", "Date", "region", "meter", "navigation")
    return ["%s has no name" % node["role"]["value"] for node in nodes
            if not node.get("ignored") and node.get("role", {}).get("value") in roles
            and not node.get("name", {}).get("value", "").strip()]


def every_page(browser, check, **view):
    found, page = [], browser.page(**view)
    for name, path in PAGES.items():
        page.open(BASE + path)
        found += ["%s %s" % (name, fault) for fault in check(page)]
    page.close()
    return found


def clean(page):
    """Nothing refused by the policy, no error, nothing asked of another server."""
    page.browser.wait(0.2)
    found = ["policy " + text for text in page.run("violations")]
    found += ["asks " + url for url in page.requests() if not url.startswith((BASE, "data:"))]
    found += ["log " + e["params"]["entry"]["text"] for e in page.browser.events
              if e["method"] == "Log.entryAdded" and e["params"]["entry"]["level"] == "error"
              and "404" not in e["params"]["entry"]["text"]]
    return found


def claim_policy(browser):
    return every_page(browser, clean) + every_page(browser, clean, language="en", dark=True)


def claim_light(browser):
    return every_page(browser, lambda page: rules(page, "text", "marks"))


def claim_dark(browser):
    return every_page(browser, lambda page: rules(page, "text", "marks"), dark=True)


def claim_structure(browser):
    return every_page(browser, lambda page: rules(page, "structure", "targets") + names(page))


def claim_english(browser):
    return every_page(browser, lambda page: rules(page, "structure") + names(page), language="en")


def claim_phone(browser):
    check = lambda page: rules(page, "reflow", "targets", "text")
    return (every_page(browser, check, width=320, height=640)
            + every_page(browser, check, width=320, height=640, language="en"))


def claim_live(browser):
    page = browser.page()
    page.open(BASE + "/")
    page.until("states.includes('live')")
    number = "document.querySelector('[data-live=events]').textContent"
    before, rows = page.run(number), page.run("document.querySelectorAll('#rate tbody tr').length")
    tick()
    page.until("%s !== %s" % (number, json.dumps(before)))
    found = []
    if page.run("document.querySelectorAll('#rate tbody tr').length") != min(120, rows + 1):
        found.append("the sparkline did not grow")
    # What the script writes is what the server writes: a fresh page must read the same.
    texts = """[...%s.querySelectorAll('[data-live], [data-field], [data-recent] td, [data-recent] th, .summary')]
               .map(e => e.textContent).join('|')"""
    mine = page.run(texts % "document")
    fresh = page.run("fetch('/').then(a => a.text()).then(t => new DOMParser().parseFromString(t, 'text/html'))"
                     ".then(page => %s)" % (texts % "page"))
    for one, other in zip(mine.split("|"), fresh.split("|")):
        if one != other:
            found.append("script wrote «%s», server «%s»" % (one, other))
    page.close()
    return found


def claim_honest(browser):
    page = browser.page(width=900)
    page.open(BASE + "/")
    page.until("states.includes('live')")
    page.until("states.includes('late')")
    found = [] if page.run("document.querySelector('.live .age').textContent") else ["no age while late"]
    page.run("states.length = 0")
    tick()
    page.until("states.includes('live')")
    page.call("Fetch.enable", patterns=[{"urlPattern": "*/v1/stream"}])
    page.call("Page.reload")
    for _ in range(600):
        paused = [e for e in browser.events if e["method"] == "Fetch.requestPaused"]
        if paused:
            break
        browser.wait(0.1)
    page.call("Fetch.failRequest", requestId=paused[-1]["params"]["requestId"], errorReason="ConnectionRefused")
    page.until("states.includes('lost')")
    page.call("Fetch.disable")
    page.until("states.includes('live')")
    page.close()
    return found


def claim_keyboard(browser):
    page, found = browser.page(), []
    page.open(BASE + PERSON)
    for chart in page.run("[...document.querySelectorAll('[data-chart]')].map(f => f.id)"):
        page.run("document.querySelector('#%s svg').focus()" % chart)
        rows = page.run("[...document.querySelectorAll('#%s tbody tr')].map(r => r.cells[0].textContent)" % chart)
        spoken = "document.querySelector('#%s .readout b')?.textContent" % chart
        for key, row in (("ArrowRight", 0), ("ArrowRight", 1), ("ArrowLeft", 0), ("End", -1), ("Home", 0)):
            page.key(key)
            if page.run(spoken) != rows[row]:
                found.append("%s: %s says %s" % (chart, key, page.run(spoken)))
        amount = page.run("document.querySelector('#%s tbody td').textContent" % chart)
        if amount not in page.run("document.querySelector('#%s .readout').textContent" % chart):
            found.append(chart + ": the exact amount is not read")
        page.key("Escape")
        if page.run(spoken):
            found.append(chart + ": Escape leaves the readout")
    images = [node for node in page.call("Accessibility.getFullAXTree")["nodes"]
              if node.get("role", {}).get("value") == "image" and not node.get("ignored")]
    for image in images:
        if len(image.get("name", {}).get("value", "")) < 20 or "₩" not in image["name"]["value"]:
            found.append("a chart's name says little: %s" % image.get("name"))
    if len(images) < 5:
        found.append("%d images" % len(images))
    page.close()
    return found


def claim_twin(browser):
    page, found = browser.page(), []
    page.open(BASE + PERSON)
    visible = "[...document.querySelectorAll('.twin')].filter(t => t.checkVisibility()).length"
    if page.run(visible) != 0:
        found.append("tables are open at first")
    page.run("document.querySelectorAll('.twin-toggle').forEach(b => b.click())")
    if page.run(visible) != page.run("document.querySelectorAll('[data-chart]').length"):
        found.append("not every table opens")
    page.close()
    page = browser.page()
    page.call("Emulation.setScriptExecutionDisabled", value=True)
    page.browser.events.clear()
    VISITORS.sign_in(page, BASE + PERSON)
    page.call("Page.navigate", url=BASE + PERSON)
    page.browser.wait(1.5)
    nodes = page.call("Accessibility.getFullAXTree")["nodes"]
    tables = [n for n in nodes if n.get("role", {}).get("value") == "table" and not n.get("ignored")]
    if len(tables) < 7:
        found.append("%d tables without the script" % len(tables))
    page.close()
    return found


def claim_explanation(browser):
    page, found = browser.page(), []
    page.open(BASE + PERSON)
    page.run("document.querySelector('a.chip').focus()")
    page.key("Enter")
    page.call("Input.dispatchKeyEvent", type="char", text="\r")
    page.until("document.querySelector('dialog').open")
    text = page.run("document.querySelector('dialog').textContent")
    for word in ("규칙", "merchant.", "2026-02-01"):
        if word not in text:
            found.append("the panel does not say " + word)
    if not page.run("document.querySelector('dialog').contains(document.activeElement)"):
        found.append("focus is not in the panel")
    page.key("Escape")
    page.until("!document.querySelector('dialog').open")
    if not page.run("document.activeElement.matches('a.chip')"):
        found.append("focus does not come back")
    page.close()
    return found


def claim_systems(browser):
    page, found = browser.page(), []
    page.media(reduced=True)
    page.open(BASE + "/")
    if page.run("document.getAnimations().length"):
        found.append("something moves though motion is reduced")
    page.close()
    page = browser.page(forced=True)
    page.open(BASE + PERSON)
    found += rules(page, "text")
    page.screenshot(os.path.join(SHOTS, "person-forced-colors.png"))
    pdf = base64.b64decode(page.call("Page.printToPDF", generateTaggedPDF=True)["data"])
    if b"/StructTreeRoot" not in pdf:
        found.append("the printed page has no tags")
    if b"/Subtype /Image" in pdf:
        found.append("something is printed as a bitmap")
    page.close()
    return found


def claim_language(browser):
    page, found = browser.page(), []
    page.open(BASE + PERSON + "?period=3m")
    page.run("document.querySelector('.language').click()")
    page.until("document.documentElement.lang === 'en' && document.readyState === 'complete'")
    if "period=3m" not in page.run("location.search"):
        found.append("the period is lost with the language")
    page.open(BASE + "/subjects")
    if page.run("document.documentElement.lang") != "en":
        found.append("the language is not kept")
    page.close()
    return found


def claim_rules(browser):
    """Faults planted in a good page, one for each rule: a rule that sees nothing is blind."""
    planted = {
        "text": "document.querySelector('.lead').style.color = '#b0b0b0'",
        "marks": "document.querySelector('.bar').style.fill = '#eee'",
        "targets": "document.querySelector('.twin-toggle').style = 'min-height: 0; height: 12px; padding: 0'",
        "structure": "document.querySelector('h2').outerHTML = '<h4>x</h4>'",
        "reflow": "document.querySelector('h1').style = 'width: 3000px'",
    }
    page, found = browser.page(), []
    for rule, script in planted.items():
        page.open(BASE + PERSON)
        if rules(page, rule):
            found.append(rule + " finds a fault in the good page")
        page.run(script)
        if not rules(page, rule):
            found.append(rule + " is blind")
    page.run("document.querySelector('.brand').replaceChildren()")
    if not names(page):
        found.append("names is blind")
    page.run("""document.head.append(Object.assign(document.createElement('script'), {textContent: '1'}));
                document.head.append(Object.assign(document.createElement('img'), {src: 'http://127.0.0.2:9/x'}))""")
    if not any(fault.startswith("policy") for fault in clean(page)):
        found.append("the policy's violations are not heard")
    page.close()
    return found


def claim_pictures(browser):
    for width, device in ((360, "phone"), (1280, "desktop")):
        for dark in (False, True):
            for language in ("ko", "en"):
                page, shade = browser.page(width=width, dark=dark, language=language), "dark" if dark else "light"
                for name in ("overview", "collection", "quarantine", "person", "nobody", "explanation",
                             "problem") + person.TABS:
                    page.open(BASE + PAGES[name])
                    if name == "overview":
                        page.until("states.includes('live')")
                    page.screenshot(os.path.join(SHOTS, "%s-%s-%s-%s.png" % (name, device, shade, language)))
                page.close()
    return []


CLAIMS = [
    ("the rules see planted faults", claim_rules),
    ("the policy refuses nothing and no other server is asked", claim_policy),
    ("text and marks are readable on light", claim_light),
    ("text and marks are readable on dark", claim_dark),
    ("every page has names, order and large enough targets", claim_structure),
    ("every page has names and order in English", claim_english),
    ("a 320 pixel phone needs no sideways scroll", claim_phone),
    ("the overview moves with the ledger, and script and server write alike", claim_live),
    ("the live state says late, lost and live again", claim_honest),
    ("every chart is read by the keyboard", claim_keyboard),
    ("every chart has its table, also without the script", claim_twin),
    ("a category explains itself and gives the focus back", claim_explanation),
    ("reduced motion, forced colours and print are followed", claim_systems),
    ("the language changes and stays", claim_language),
    ("a printed link signs in once and leaves no trace", lambda browser: claim_link(browser, BASE, LINK)),
    ("pictures are taken", claim_pictures),
] + person.claims(BASE + PERSON)


def main():
    os.makedirs(SHOTS, exist_ok=True)
    browser = Chromium(BINARY, VISITORS)
    only = os.environ.get("CLAIM", "")
    for claim, check in CLAIMS:
        if only not in claim:
            continue
        try:
            faults = check(browser)
        except Exception:
            faults = [traceback.format_exc()]
        print(json.dumps({"claim": claim, "faults": faults}, ensure_ascii=False), flush=True)
    browser.close()


main()
