"""A client of WebDriver (W3C), as much of it as these tests need."""
import base64
import json
import time
import urllib.error
import urllib.request

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
KEYS = {"Tab": "\ue004", "Enter": "\ue007", "Escape": "\ue00c", "Down": "\ue015", "Space": " "}


class Refused(Exception):
    """What the driver says when it cannot."""


class Browser:
    def __init__(self, address, options):
        self.address = address
        wanted = {"acceptInsecureCerts": True, "goog:chromeOptions": options,
                  "goog:loggingPrefs": {"browser": "ALL"}}
        made = self._send("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})
        self.address += f"/session/{made['sessionId']}"

    def _send(self, method, path, body=None):
        data = None if method == "GET" else json.dumps(body or {}).encode()
        request = urllib.request.Request(self.address + path, data, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as problem:
            said = json.load(problem)["value"]
            raise Refused(f"{said['error']}: {said['message'].splitlines()[0]}") from None

    def go(self, url):
        self._send("POST", "/url", {"url": url})

    def run(self, script, *arguments):
        return self._send("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def run_later(self, script, *arguments):
        """The script calls its last argument with the answer."""
        return self._send("POST", "/execute/async", {"script": script, "args": list(arguments)})

    def all(self, test, more=""):
        """The visible elements with the hook `test`, which is a selector when it begins with a bracket or dot."""
        selector = test if test[0] in "[.#" else f'[data-test="{test}"]'
        return self.run("""return [...document.querySelectorAll(arguments[0])]
            .filter((one) => one.checkVisibility() && one.getClientRects().length)""", selector + more)

    def one(self, test, more="", within=10):
        return until(lambda: next(iter(self.all(test, more)), None), f"{test}{more} is there", within)

    def click(self, test, more=""):
        """Tries again while the page draws the element anew or something passes over it."""
        def clicked():
            try:
                self._send("POST", f"/element/{self.one(test, more)[ELEMENT]}/click")
                return True
            except Refused as problem:
                if problem.args[0].split(":")[0] in ("stale element reference", "element click intercepted"):
                    return False
                raise
        until(clicked, f"{test}{more} can be clicked")

    def type(self, test, text, more=""):
        element = self.one(test, more)
        self._send("POST", f"/element/{element[ELEMENT]}/clear")
        self._send("POST", f"/element/{element[ELEMENT]}/value", {"text": text})

    def press(self, *keys):
        pressed = [{"type": kind, "value": KEYS.get(key, key)} for key in keys for kind in ("keyDown", "keyUp")]
        self._send("POST", "/actions", {"actions": [{"type": "key", "id": "keys", "actions": pressed}]})

    def text(self, test, more=""):
        """What is written there; nothing when it is not there."""
        return self.run("""const all = [...document.querySelectorAll(arguments[0])];
            return all.map((one) => one.innerText).join("\\n")""",
                        (test if test[0] in "[.#" else f'[data-test="{test}"]') + more)

    def tab(self):
        """Opens another tab and goes there."""
        before = self._send("GET", "/window")
        self.switch(self._send("POST", "/window/new", {"type": "tab"})["handle"])
        return before, self._send("GET", "/window")

    def switch(self, handle):
        self._send("POST", "/window", {"handle": handle})

    def command(self, name, **parameters):
        """A command of the DevTools protocol."""
        return self._send("POST", "/goog/cdp/execute", {"cmd": name, "params": parameters})

    def size(self, width, height, phone=False):
        self.command("Emulation.setDeviceMetricsOverride", width=width, height=height,
                     deviceScaleFactor=1, mobile=phone)

    def prefer(self, scheme):
        self.command("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def complaints(self):
        """What the console was told since it was asked last, warnings and worse."""
        return [one["message"] for one in self._send("POST", "/se/log", {"type": "browser"})
                if one["level"] in ("SEVERE", "WARNING")]

    def picture(self):
        return base64.b64decode(self._send("GET", "/screenshot"))

    def close(self):
        self._send("DELETE", "")


def until(condition, words, within=10):
    """Waits for a condition and answers what it answered."""
    end = time.monotonic() + within
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"not within {within} s: {words}")
        time.sleep(0.05)
