"""Who looks at which page: a person at their own, elsewhere the local operator.

SESSIONS is a JSON object of session secrets by subject, the operator's under "". LINK is the path of a one-time link.
"""

import json
import urllib.request

COOKIE = "jangbu_session"


class Visitors:
    def __init__(self, base, sessions):
        self.base, self.sessions = base, sessions

    def secret(self, path):
        parts = path.split("?")[0].split("/")
        subject = parts[parts.index("subjects") + 1] if "subjects" in parts[:-1] else ""
        return self.sessions[subject]

    def get(self, path):
        request = urllib.request.Request(self.base + path, headers={"Cookie": COOKIE + "=" + self.secret(path)})
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    def sign_in(self, page, url):
        if url.startswith(self.base):
            page.call("Network.setCookie", name=COOKIE, value=self.secret(url[len(self.base):]), url=self.base,
                      httpOnly=True, sameSite="Strict")


def claim_link(browser, base, link):
    visitors, browser.visitors = browser.visitors, None
    try:
        return follow(browser.page(), base, link)
    finally:
        browser.visitors = visitors


def follow(page, base, link):
    found = []
    page.open(base + "/")
    if not page.run("document.querySelector('[data-sign-in]')"):
        found.append("a stranger is not asked to sign in")
    page.browser.events.clear()
    page.call("Page.navigate", url=base + link)
    page.until("location.pathname === '/' && document.querySelector('.live')")
    secret = link.split("#")[1]
    if any(secret in url for url in page.requests() if "#" not in url):
        found.append("the secret is in an address that was asked for")
    entries = page.call("Page.getNavigationHistory")["entries"]
    if any(secret in entry["url"] for entry in entries):
        found.append("the secret stays in the history")
    page.run("document.querySelector('.sign-out button').click()")
    page.until("location.pathname === '/sign-in' && document.readyState === 'complete'")
    # The same page is open, so nothing is loaded but what the script sends.
    page.call("Page.navigate", url=base + link)
    page.until("document.querySelector('[role=alert]')")
    page.close()
    return found
