"""What a person does on the page, tried in a browser against the daemon; the name of one is the argument."""
import argparse
import json
import re
import sys
import time

from stage import ASKING, Stage, ask_by_nat_pmp, serve
from webdriver import Refused, until

PAGES = ["overview", "forwards", "flows", "devices", "requests", "activity", "trace", "settings"]
# A browser notes each answer that is an error; these the page has asked for.
EXPECTED = {"two_tabs": r"status of 412", "wrong_input": r"status of 4\d\d",
            "lost_connection": r"ERR_CONNECTION_|ERR_EMPTY_RESPONSE|ERR_NETWORK|ERR_HTTP2|ERR_INCOMPLETE"}


def add(stage, port, device="192.168.7.10", name="nas"):
    page = stage.browser
    page.click("add")
    page.type("field-external", str(port))
    page.type("field-to", device)
    page.type("field-name", name)
    page.click("review")
    page.click("commit")
    page.one("forward-row", f'[data-name="{name}"]')


def add_traffic_remove_undo(stage):
    """A forward is added and carries, its traffic rises, it is removed and refused, and comes back."""
    page = stage.browser
    serve("nas", 9443)
    stage.visit("forwards")
    assert stage.reach(9443) == ""
    add(stage, 9443)
    assert stage.reach(9443) == "nas"
    traffic = lambda: page.text("forward-row", '[data-name="nas"] .number')
    # Nothing is loaded anew: what rises came by the stream of events.
    page.run("window.isTheSame = true")
    before = traffic()
    stage.talk(9443, 200)
    until(lambda: re.search(r"[12](\.\d+)? MB", traffic()), f"the traffic rises from {before!r}", 10)
    assert page.run("return window.isTheSame")
    page.click("remove", "")
    page.click("remove-commit")
    until(lambda: not page.all("forward-row"), "the row is gone")
    assert stage.reach(9443) == ""
    until(lambda: "removed" in page.text("toast"), "the page says so")
    page.click("[data-test=toast]:last-child [data-test=toast-action]")
    page.one("forward-row", '[data-name="nas"]')
    assert stage.reach(9443) == "nas"


def device_request(stage):
    """What a device asks for waits on the page, and is open once it was allowed."""
    page = stage.browser
    serve("camera", 9444)
    assert ask_by_nat_pmp(9444)[0] != 0, "nothing is granted before anybody has said so"
    until(lambda: page.text("requests-badge").startswith("1"), "the page counts the request")
    assert stage.reach(9444) == ""
    page.click("nav-requests")
    page.click("allow-once", "")
    until(lambda: ask_by_nat_pmp(9444) == (0, 9444), "the device is granted its port")
    assert stage.reach(9444) == "camera"
    until(lambda: not page.all("requests-badge"), "nothing waits any more")


def two_tabs(stage):
    """Of two tabs that change one forward the second is told, and nothing of the first is lost."""
    page = stage.browser
    stage.cli("add", "9443/tcp", "192.168.7.10", "--name", "nas")
    stage.visit("forwards")
    page.click("edit", "")
    page.type("field-comment", "of the first tab")
    page.click("review")
    page.one("commit")
    first, second = page.tab()
    page.go("https://192.168.7.1:8444/")
    page.one("page", '[data-page="overview"]')
    stage.visit("forwards")
    page.click("edit", "")
    page.type("field-name", "storage")
    page.click("review")
    page.click("commit")
    page.one("forward-row", '[data-name="storage"]')
    page.switch(first)
    # The other tab's change arrives here, too, and the change that is under review stays as it was.
    page.click("commit")
    page.one("conflict")
    listed = stage.cli("list", "-o", "json").stdout
    assert '"storage"' in listed and "first tab" not in listed, listed
    page.switch(second)


def wrong_input(stage):
    """What is wrong stands at its field, and goes when it was put right."""
    page = stage.browser
    stage.visit("forwards")
    page.click("add")
    page.type("field-external", "99999")
    page.type("field-to", "192.168.7.10")
    page.click("review")
    until(lambda: page.text("error-external"), "the port's field says what is wrong")
    assert page.run("return document.activeElement.dataset.test") == "field-external"
    assert page.run("return document.activeElement.getAttribute('aria-invalid')") == "true"
    page.type("field-external", "9443")
    page.type("field-to", "not an address")
    page.click("review")
    until(lambda: page.text("error-to"), "the device's field says what is wrong")
    assert page.text("error-external") == ""
    page.type("field-to", "192.168.7.10")
    page.click("review")
    page.one("commit")


def sample(stage):
    stage.cli("add", "9443/tcp", "192.168.7.10", "--name", "nas")
    stage.cli("add", "25565/tcp", "192.168.7.20", "--name", "minecraft", "--comment", "for the children and their friends")
    stage.cli("add", "27015-27030/udp", "192.168.7.20", "--name", "a-rather-long-name-of-a-game", "--for", "2h")
    ask_by_nat_pmp(9444)


def phone(stage):
    """On a phone nothing has to be moved sideways."""
    page = stage.browser
    sample(stage)
    page.size(375, 667, phone=True)
    for name in PAGES + ["forwards/nas"]:
        stage.visit(name)
        time.sleep(0.3)  # What is loaded after the page may be wider than what was there before.
        wide = page.run("""return [...document.querySelectorAll("main *")].filter((one) =>
            one.getBoundingClientRect().right > innerWidth + 1 && !one.closest(".unseen")).map((one) => one.outerHTML.slice(0, 80))""")
        scrolls = page.run("return document.documentElement.scrollWidth - innerWidth")
        assert scrolls <= 0, f"{name} is {scrolls} px too wide: {wide[:3]}"
    stage.visit("forwards")
    add(stage, 9445, name="by-phone")


def dark_and_accessible(stage):
    """axe finds nothing to complain of, on any page, light or dark; and dark is dark."""
    page = stage.browser
    sample(stage)
    with open(stage.axe, encoding="utf-8") as file:
        axe = file.read()
    page.run(axe + "; window.axe = axe")
    found = []
    for scheme in ("light", "dark"):
        page.prefer(scheme)
        shade = page.run("return getComputedStyle(document.body).backgroundColor")
        brightness = sum(int(part) for part in re.findall(r"\d+", shade)[:3])
        assert (brightness < 200) == (scheme == "dark"), f"{scheme}: {shade}"
        for name in PAGES + ["forwards/nas"]:
            stage.visit(name)
            time.sleep(0.2)
            found += examine(page, f"{scheme} {name}")
        stage.visit("forwards")
        page.click("add")
        found += examine(page, f"{scheme} editor")
        page.click("dialog-close")
    assert not found, "\n".join(found)


def examine(page, where):
    # Half-way through a transition colours are those of neither end.
    until(lambda: page.run("return document.getAnimations().every((one) => one.playState !== 'running')"), "it is still")
    result = page.run_later("""const done = arguments[arguments.length - 1];
        axe.run(document, { resultTypes: ["violations"] }).then((it) => done(it.violations), (it) => done(String(it)))""")
    assert isinstance(result, list), result
    return [f"{where}: {one['id']}: {one['help']}: {one['nodes'][0]['html'][:200]} {one['nodes'][0]['failureSummary'][:200]}"
            for one in result]


def lost_connection(stage):
    """That the daemon has gone shows on the page; when it is back the page is as it was, and up to date."""
    page = stage.browser
    stage.visit("forwards")
    page.run("window.isTheSame = true")
    stage.stop()
    page.one("link-state", ".lost")
    stage.start()
    stage.cli("add", "9443/tcp", "192.168.7.10", "--name", "nas")
    if not page.run("return window.isTheSame"):
        raise AssertionError("the page was loaded anew")
    # Sessions are of the daemon's memory or its state; whichever, the page says so or goes on.
    until(lambda: page.all("signin-form") or page.all("forward-row", '[data-name="nas"]'), "the page heals", 30)
    if page.all("signin-form"):
        stage.sign_in()
        stage.visit("forwards")
    page.one("forward-row", '[data-name="nas"]')
    stage.live()


def keyboard(stage):
    """A forward is added and removed without a pointer."""
    page = stage.browser

    def tab_to(test):
        for _ in range(60):
            if page.run("return document.activeElement.dataset.test") == test:
                return
            page.press("Tab")
        raise AssertionError(f"{test} cannot be reached by the key Tab")

    tab_to("skip")
    tab_to("nav-forwards")
    page.press("Enter")
    page.one("page", '[data-page="forwards"]')
    tab_to("add")
    page.press("Enter")
    page.one("editor")
    page.press(*"9443", "Escape")
    tab_to("field-to")
    page.press(*"192.168.7.10", "Escape")
    tab_to("field-name")
    page.press(*"nas")
    page.press("Enter")
    page.one("commit")
    tab_to("commit")
    page.press("Enter")
    page.one("forward-row", '[data-name="nas"]')
    until(lambda: not page.all("editor"), "the dialog has closed")
    tab_to("remove")
    page.press("Enter")
    page.one("remove-commit")
    tab_to("remove-commit")
    page.press("Enter")
    until(lambda: not page.all("forward-row"), "the forward is gone")


SCENARIOS = [add_traffic_remove_undo, device_request, two_tabs, wrong_input, phone, dark_and_accessible,
             lost_connection, keyboard]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("scenario", choices=[one.__name__ for one in SCENARIOS])
    parser.add_argument("--binary", required=True)
    parser.add_argument("--lab", required=True)
    parser.add_argument("--axe", required=True)
    options = parser.parse_args()
    scenario = next(one for one in SCENARIOS if one.__name__ == options.scenario)
    with Stage(options.binary, options.lab, ASKING) as stage:
        stage.axe = options.axe
        try:
            stage.sign_in()
            scenario(stage)
            complaints = [one for one in stage.browser.complaints()
                          if not re.search(EXPECTED.get(options.scenario, "(?!)"), one)]
            assert not complaints, complaints
        except (AssertionError, Refused):
            print(stage.browser.text("#main"), stage.browser.text("toast"), stage.browser.complaints(), file=sys.stderr)
            raise


main()
