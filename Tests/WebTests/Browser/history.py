"""Corrects a category in a real browser and takes it back; prints one JSON line for each claim.

Usage: history.py BROWSER ADDRESS SESSIONS. As claims.py, with a ledger of its own.
"""

import json
import os
import sys
import traceback

from chromium import Chromium
from visitors import Visitors

BINARY, BASE, SESSIONS = sys.argv[1:]
VISITORS = Visitors(BASE, json.loads(SESSIONS))
RULES = open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "rules.js"), encoding="utf-8").read()


SUBJECT = VISITORS.get("/v1/subjects")["items"][0]["id"]
PAGE = "/subjects/%s/events/3.0" % SUBJECT
PREVIEW = PAGE + "?scope=merchant&category=travel"


def kept():
    return len(VISITORS.get("/v1/subjects/%s/corrections" % SUBJECT)["items"])


def rules(page, *names):
    return ["%s: %s" % (name, fault) for name in names for fault in page.run("(%s).%s()" % (RULES, name))]


def go(page, script):
    """Runs what leaves the page, and waits for the next one."""
    page.run("window.left = true; " + script)
    page.until("!window.left && document.readyState === 'complete'")


def claim_round(browser):
    """Choose, see, do, hear of it, take back; nothing is kept before the button that says so."""
    page, found = browser.page(), []
    page.open(BASE + PAGE)
    go(page, """document.querySelector('[name=category]').value = 'travel';
                document.querySelector('form[method=get].correct button').click()""")
    text = page.run("document.querySelector('#preview').textContent")
    rows = page.run("document.querySelectorAll('#correct ~ * tbody tr, [aria-labelledby=preview] tbody tr').length")
    if "건이 바뀌어요" not in text or not rows:
        found.append("the preview shows «%s» and %s rows" % (text, rows))
    if kept():
        found.append("the preview recorded something")
    go(page, "document.querySelector('form[method=post][action$=\"/corrections\"] button').click()")
    if kept() != 1:
        found.append("%d corrections after one" % kept())
    said = "document.querySelector('[role=status]')?.textContent ?? ''"
    if "여행" not in page.run(said):
        found.append("the toast says «%s»" % page.run(said))
    go(page, "location.reload()")
    if "여행" not in page.run(said) or kept() != 1:
        found.append("a reload loses the toast, or does it again")
    go(page, "document.querySelector('[role=status] button').click()")
    if "되돌렸어요" not in page.run(said) or page.run("!!document.querySelector('[role=status] button')"):
        found.append("undo says «%s»" % page.run(said))
    if kept() != 2:
        found.append("undo is no event of its own")
    page.close()
    return found


def claim_looks(browser):
    found = []
    for view in ({}, {"dark": True}, {"language": "en"}, {"width": 320, "height": 640}):
        page = browser.page(**view)
        for path in (PAGE, PREVIEW):
            page.open(BASE + path)
            found += ["%s %s" % (view, fault) for fault in rules(page, "text", "structure", "targets", "reflow")]
            found += ["%s policy %s" % (view, text) for text in page.run("violations")]
        page.close()
    return found


def claim_names(browser):
    page = browser.page()
    page.open(BASE + PREVIEW)
    nodes = page.call("Accessibility.getFullAXTree")["nodes"]
    page.close()
    roles = ("link", "button", "combobox", "region", "status")
    return ["%s has no name" % node["role"]["value"] for node in nodes
            if not node.get("ignored") and node.get("role", {}).get("value") in roles[:4]
            and not node.get("name", {}).get("value", "").strip()]


def claim_without_script(browser):
    page, found = browser.page(), []
    page.call("Emulation.setScriptExecutionDisabled", value=True)
    page.browser.events.clear()
    VISITORS.sign_in(page, BASE + PREVIEW)
    page.call("Page.navigate", url=BASE + PREVIEW)
    page.browser.wait(1.0)
    nodes = page.call("Accessibility.getFullAXTree")["nodes"]
    buttons = [n["name"]["value"] for n in nodes if n.get("role", {}).get("value") == "button" and not n.get("ignored")]
    if "고치기" not in buttons:
        found.append("no button to do it without the script: %s" % buttons)
    page.close()
    return found


CLAIMS = [
    ("a category is previewed, corrected, told of and taken back", claim_round),
    ("a correction's pages are readable, ordered and fit a phone", claim_looks),
    ("every control of a correction has a name", claim_names),
    ("a correction needs no script", claim_without_script),
]


def main():
    browser = Chromium(BINARY, VISITORS)
    for claim, check in CLAIMS:
        try:
            faults = check(browser)
        except Exception:
            faults = [traceback.format_exc()]
        print(json.dumps({"claim": claim, "faults": faults}, ensure_ascii=False), flush=True)
    browser.close()


main()
