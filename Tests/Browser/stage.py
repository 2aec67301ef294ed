"""The lab as a scenario sees it: the gateway's daemon, the hosts around it, and a browser on a LAN host.

This process runs on the host `lan1` of a lab that was made by who called it.
"""
import ctypes
import os
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import threading

from webdriver import Browser, until

PAGE = "https://192.168.7.1:8444"
OUTSIDE = "203.0.113.5"
ASKING = '[mapping]\nprotocols = ["nat-pmp"]\ndefault = "ask"\n'

CLIENT = """import socket, sys
try:
    wire = socket.create_connection((sys.argv[1], int(sys.argv[2])), 1.5)
    wire.settimeout(1.5)
    print(wire.recv(100).decode())
    for _ in range(int(sys.argv[3])):
        wire.sendall(bytes(10000)); wire.recv(100)
except OSError: pass"""


def die_with_parent():
    """Nothing outlives its test, however that ends: PR_SET_PDEATHSIG."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


class Stage:
    def __init__(self, binary, lab, config=ASKING):
        self.binary, self.lab = binary, lab
        self.folder = tempfile.mkdtemp(prefix="portcullis-browser-")
        self.socket = f"{self.folder}/control.sock"
        self.log = open(f"{self.folder}/log", "ab")
        self.config = f"{self.folder}/portcullis.toml"
        with open(self.config, "w", encoding="utf-8") as file:
            file.write(config)
        self.browser = self.driver = self.daemon = None

    def __enter__(self):
        try:
            self.start()
            self.open_browser()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        try:
            if self.browser:
                self.browser.close()
        finally:
            for process in (self.driver, self.daemon):
                if process and process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()
            self.log.close()
            shutil.rmtree(self.folder, ignore_errors=True)

    def on(self, host, *command):
        return ["ip", "netns", "exec", f"{self.lab}-{host}", *command]

    def spawn(self, command):
        environment = {**os.environ, "HOME": self.folder}
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log,
                                env=environment, start_new_session=True, preexec_fn=die_with_parent)

    def start(self):
        self.daemon = self.spawn(self.on(
            "gateway", self.binary, "run", "--wan", "wan0", "--api", PAGE.removeprefix("https://"),
            "--state", f"{self.folder}/state", "--socket", self.socket, "--config", self.config))
        until(lambda: self.cli("status", check=False).returncode == 0, "the daemon answers", 30)

    def stop(self):
        os.killpg(self.daemon.pid, signal.SIGKILL)
        self.daemon.wait()

    def cli(self, *arguments, check=True):
        made = subprocess.run([self.binary, *arguments], capture_output=True, text=True, check=False,
                              env={**os.environ, "PORTCULLIS_SOCKET": self.socket})
        assert not check or made.returncode == 0, made.stderr + made.stdout
        return made

    def open_browser(self):
        self.driver = self.spawn(["chromedriver", "--port=9515"])

        def answers():
            with socket.socket() as wire:
                return wire.connect_ex(("127.0.0.1", 9515)) == 0
        until(answers, "chromedriver answers", 20)
        self.browser = Browser("http://127.0.0.1:9515", {"args": [
            "--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--hide-scrollbars",
            f"--user-data-dir={self.folder}/browser"]})
        self.browser.size(1280, 800)

    def sign_in(self):
        self.browser.go(self.cli("dashboard", "--no-open").stdout.strip())
        self.browser.one("page", '[data-page="overview"]')
        self.live()

    def live(self):
        until(lambda: self.browser.text("link-state") == "Live", "the page says that it is live", 20)

    def visit(self, page, test="page"):
        self.browser.run("location.hash = arguments[0]", f"#/{page}")
        name = page.split("?")[0]
        self.browser.one(test, f'[data-page="{"forward" if "/" in name else name}"]')

    def reach(self, port, rounds=0, host="internet"):
        """The name that a client elsewhere is answered with at the gateway's port."""
        made = subprocess.run(self.on(host, "/usr/bin/python3", "-c", CLIENT, OUTSIDE, str(port), str(rounds)),
                              capture_output=True, text=True, check=False)
        return made.stdout.strip()

    def talk(self, port, rounds, host="internet"):
        """Has a client send 10 kB that many times, meanwhile."""
        return self.spawn(self.on(host, "/usr/bin/python3", "-c", CLIENT, OUTSIDE, str(port), str(rounds)))


def serve(name, port):
    """A server on this host that says its name and then answers whatever comes."""
    listener = socket.create_server(("", port))

    def talk(wire):
        with wire:
            try:
                wire.sendall(name.encode())
                while wire.recv(65536):
                    wire.sendall(b"more")
            except OSError:
                pass

    def accept():
        while True:
            wire, _ = listener.accept()
            threading.Thread(target=talk, args=(wire,), daemon=True).start()
    threading.Thread(target=accept, daemon=True).start()


def ask_by_nat_pmp(inside, seconds=600):
    """Asks for a TCP port as a device does (RFC 6886 section 3.3); answers the result code and the port outside."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
        wire.settimeout(3)
        wire.connect(("192.168.7.1", 5351))
        wire.send(struct.pack("!BBHHHI", 0, 2, 0, inside, inside, seconds))
        answer = wire.recv(100)
    result, outside = struct.unpack("!2xH6xH", answer[:12])[:2] if len(answer) >= 12 else (
        struct.unpack("!2xH", answer[:4])[0], 0)
    return result, outside
