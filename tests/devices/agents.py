"""The replay agent over a folder of recordings, and `hayloft inspect` run against it."""
import concurrent.futures
import pathlib
import subprocess
import time

from figures import numbers_below

HERE = pathlib.Path(__file__).resolve().parent
RECORDINGS = HERE.parents[1].parent / "shared" / "devices"
FIRST_ADDRESS = "127.66.0.1"


class Inspection:
    """One run: its document, or what it died of."""

    def __init__(self, document, seconds, fault):
        self.document, self.seconds, self.fault = document, seconds, fault


class Agents:
    """All recordings of a folder, each at an address of its own, until closed."""

    def __init__(self, build, folder, manners=(), life_s=1800):
        self.hayloft = build / "hayloft"
        words = [w for manner in manners for w in ("-o", manner)]
        self.process = subprocess.Popen(
            [build / "tests/support/replay_agent", "-m", FIRST_ADDRESS, "-t", str(life_s), *words, folder],
            stdout=subprocess.PIPE, text=True)
        self.address, self.damaged, self.port = {}, {}, None
        for line in self.process.stdout:
            words = line.split()
            if words[0] == "ready":
                self.port = words[1]
                break
            self.address[words[1]] = words[0]
            self.damaged[words[1]] = int(words[3])
        if not self.port:
            raise SystemExit(f"not ok - the replay agent did not start over {folder}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def inspect(self, name, limit_s):
        began = time.monotonic()
        command = [self.hayloft, "inspect", self.address[name], "--port", self.port, "--json"]
        try:
            run = subprocess.run(command, capture_output=True, timeout=limit_s, check=False)
        except subprocess.TimeoutExpired:
            return Inspection(None, limit_s, f"no end within {limit_s} s")
        seconds = time.monotonic() - began
        if run.returncode != 0:
            return Inspection(None, seconds, f"exit code {run.returncode}: {run.stderr.decode()[-200:]}")
        try:
            document = numbers_below(run.stdout.decode())
        except ValueError as error:
            return Inspection(None, seconds, f"not one JSON document: {error}")
        return Inspection(document, seconds, document.get("error"))

    def inspect_all(self, names, limit_s, at_once):
        with concurrent.futures.ThreadPoolExecutor(at_once) as pool:
            runs = pool.map(lambda name: self.inspect(name, limit_s), names)
            return dict(zip(names, runs))
