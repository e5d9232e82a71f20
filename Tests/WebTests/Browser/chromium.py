"""A small client of the DevTools protocol over --remote-debugging-pipe, with the standard library only."""

import base64
import json
import os
import select
import subprocess
import tempfile
import time


class Chromium:
    """One headless browser; messages are JSON, each ended by a zero byte."""

    def __init__(self, binary, visitors=None):
        self.visitors = visitors
        to_browser, self._write = os.pipe()
        self._read, from_browser = os.pipe()
        self._profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        # The browser reads file descriptor 3 and writes 4; the shell puts ours there.
        command = 'exec "$0" "$@" 3<&%d 4>&%d' % (to_browser, from_browser)
        self._process = subprocess.Popen(
            ["/bin/bash", "-c", command, binary, "--headless=new", "--remote-debugging-pipe", "--no-sandbox",
             "--disable-gpu", "--hide-scrollbars", "--no-first-run", "--disable-dev-shm-usage",
             "--disable-background-networking", "--disable-component-update", "--disable-sync",
             "--font-render-hinting=none", "--user-data-dir=" + self._profile.name, "about:blank"],
            pass_fds=(to_browser, from_browser), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_browser)
        os.close(from_browser)
        self._last, self._buffer = 0, b""
        self.events = []

    def close(self):
        self.call("Browser.close")
        self._process.wait(120)
        self._profile.cleanup()

    def _receive(self, deadline):
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._read], [], [], max(0, deadline - time.monotonic()))
            if not ready:
                return None
            part = os.read(self._read, 1 << 20)
            if not part:
                raise RuntimeError("the browser ended")
            self._buffer += part
        message, self._buffer = self._buffer.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, session=None, **params):
        self._last += 1
        message = {"id": self._last, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + 120
        while True:
            answer = self._receive(deadline)
            if answer is None:
                raise RuntimeError(method + " had no answer in 120 s")
            if answer.get("id") == self._last:
                if "error" in answer:
                    raise RuntimeError("%s: %s" % (method, answer["error"]["message"]))
                return answer["result"]
            if "method" in answer:
                self.events.append(answer)

    def wait(self, seconds):
        """Collects events for a while."""
        deadline = time.monotonic() + seconds
        while (message := self._receive(deadline)) is not None:
            if "method" in message:
                self.events.append(message)

    def page(self, **view):
        return Page(self, **view)


class Page:
    """One tab with its own cookies, size and media."""

    def __init__(self, browser, width=1280, height=900, dark=False, language="ko", forced=False):
        self.browser = browser
        context = browser.call("Target.createBrowserContext")["browserContextId"]
        target = browser.call("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
        self.session = browser.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.target = target
        for domain in ("Page", "Runtime", "Network", "Log", "Accessibility"):
            self.call(domain + ".enable")
        self.call("Network.setExtraHTTPHeaders", headers={"Accept-Language": language})
        self.size(width, height)
        self.media(dark=dark, forced=forced)
        # Heard by the page itself, so that no violation is missed.
        self.call("Page.addScriptToEvaluateOnNewDocument", source="""
            window.violations = [];
            document.addEventListener('securitypolicyviolation',
                e => violations.push(e.violatedDirective + ' ' + e.blockedURI));
            window.addEventListener('error', e => violations.push('error ' + e.message));
            // Every state the live sign goes through, so that a slow machine misses none.
            window.states = [];
            document.addEventListener('readystatechange', () => {
                const live = document.querySelector('.live');
                if (document.readyState !== 'interactive' || !live) return;
                new MutationObserver(() => states.push(live.dataset.state))
                    .observe(live, { attributes: true, attributeFilter: ['data-state'] });
            });""")

    def call(self, method, **params):
        return self.browser.call(method, self.session, **params)

    def size(self, width, height):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
                  mobile=width < 600)

    def media(self, dark=False, forced=False, reduced=False):
        self.call("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"},
            {"name": "forced-colors", "value": "active" if forced else "none"},
            {"name": "prefers-reduced-motion", "value": "reduce" if reduced else "no-preference"}])

    def open(self, url):
        self.browser.events.clear()
        if self.browser.visitors:
            self.browser.visitors.sign_in(self, url)
        self.call("Page.navigate", url=url)
        self.until("document.readyState === 'complete'")
        self.until("!document.querySelector('[data-chart]') || document.querySelector('[data-chart] svg')")

    def run(self, script):
        answer = self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["exceptionDetails"].get("exception", {}).get("description", "script"))
        return answer["result"].get("value")

    def until(self, script, seconds=90):
        """Waits until a script is true; while a page is being left, a script has nowhere to run."""
        deadline, error = time.monotonic() + seconds, None
        while time.monotonic() < deadline:
            try:
                if self.run("Boolean(%s)" % script):
                    return
            except RuntimeError as reason:
                error = reason
            self.browser.wait(0.05)
        raise RuntimeError("never true: %s (%s)" % (script, error))

    def key(self, name):
        codes = {"ArrowRight": 39, "ArrowLeft": 37, "Home": 36, "End": 35, "Escape": 27, "Tab": 9, "Enter": 13}
        for kind in ("rawKeyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=name, code=name,
                      windowsVirtualKeyCode=codes[name])

    def requests(self):
        return [e["params"]["request"]["url"] for e in self.browser.events
                if e["method"] == "Network.requestWillBeSent" and e.get("sessionId") == self.session]

    def screenshot(self, path):
        height = self.run("document.documentElement.scrollHeight")
        data = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip={
            "x": 0, "y": 0, "width": self.run("innerWidth"), "height": min(height, 6000), "scale": 1})["data"]
        with open(path, "wb") as file:
            file.write(base64.b64decode(data))

    def close(self):
        self.browser.call("Target.closeTarget", targetId=self.target)
