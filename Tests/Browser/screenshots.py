"""Takes the pictures of the page that stand in the documents, with sample forwards, devices and traffic."""
import argparse
import os
import time

from stage import ASKING, Stage, ask_by_nat_pmp, serve
from webdriver import until

FORWARDS = [
    ["8443/tcp", "192.168.7.10:443", "--name", "photos", "--comment", "The family's pictures"],
    ["51413/tcp+udp", "192.168.7.10", "--name", "torrent", "--for", "7d"],
    ["25565/tcp", "192.168.7.20", "--name", "minecraft", "--allow", "198.51.100.0/24", "--for", "2h"],
    ["2222/tcp", "192.168.7.20:22", "--name", "ssh", "--allow", "203.0.113.9"],
    ["27015-27030/udp", "192.168.7.20", "--name", "steam"],
]


def furnish(stage):
    for port in (443, 51413):
        serve("sample", port)
    for forward in FORWARDS:
        stage.cli("add", *forward)
    stage.cli("disable", "steam")
    ask_by_nat_pmp(9444)
    # The charts are of whole minutes: some of them, so that there is something to see.
    for rounds in (300, 80, 500):
        stage.talk(8443, rounds)
        stage.talk(51413, rounds // 3)
        time.sleep(40)
    stage.talk(8443, 1_000_000)
    stage.talk(51413, 1_000_000)


def take(stage, folder, name):
    time.sleep(0.8)  # Dialogs fade in, and charts are drawn with the next counters.
    with open(os.path.join(folder, f"{name}.png"), "wb") as file:
        file.write(stage.browser.picture())


def picture_pages(stage, folder):
    page = stage.browser
    for name in ("overview", "forwards", "flows", "devices", "requests", "activity", "settings"):
        stage.visit(name)
        time.sleep(2.5 if name == "flows" else 0.2)
        take(stage, folder, name)
    stage.visit("forwards/photos")
    take(stage, folder, "forward")
    stage.visit("trace")
    page.type("trace-from", "198.51.100.7")
    page.type("trace-to", "photos")
    page.press("Escape")
    page.click("trace-run")
    page.one("outcome")
    take(stage, folder, "trace")


def picture_editor(stage, folder):
    page = stage.browser
    stage.visit("forwards")
    page.click("add")
    page.type("field-external", "jellyfin")
    page.one("option")
    take(stage, folder, "editor")
    page.type("field-external", "8096")
    page.type("field-to", "192.168.7.10")
    page.type("field-name", "films")
    page.click("review")
    page.one("commit")
    take(stage, folder, "review")
    page.click("back")
    page.click("dialog-close")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    for name in ("--binary", "--lab", "--axe"):
        parser.add_argument(name)
    options = parser.parse_args()
    os.makedirs(options.folder, exist_ok=True)
    with Stage(options.binary, options.lab, ASKING) as stage:
        furnish(stage)
        stage.sign_in()
        until(lambda: "/s" in stage.browser.text(".throughput"), "the page has heard of traffic", 20)
        picture_pages(stage, options.folder)
        picture_editor(stage, options.folder)
        stage.visit("overview")
        stage.browser.prefer("dark")
        take(stage, options.folder, "overview-dark")
        stage.browser.prefer("light")
        stage.browser.size(375, 812, phone=True)
        until(lambda: stage.browser.run("return innerWidth") == 375, "the page is as wide as a phone")
        take(stage, options.folder, "overview-phone")


main()
