#!/usr/bin/env python3
"""The replay agent against a stranger: snmpsim serves the same recordings, and `hayloft inspect` must show the
same of both. TAP. What snmpsim cannot serve is named and left out.

usage: crosscheck.py BUILD [NAME...]"""
import concurrent.futures
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time

import agents

LIMIT_S = 60  # snmpsim answers some thousand objects a second
SERVED_BADLY = {
    "epmp_epmp-ap-connected-sta": "snmpsim ends the walk at a value that does not fit its tag",
    "windows_svr_2019_1809": "snmpsim dies of its damaged rows",
}


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Stranger:
    """snmpsim over copies of the recordings, as nobody, one community a device."""

    def __init__(self, names):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="hayloft-crosscheck-"))
        data, cache = self.folder / "data", self.folder / "cache"
        data.mkdir()
        cache.mkdir()
        for name in names:
            shutil.copy(agents.RECORDINGS / f"{name}.snmprec", data)
        for path in [self.folder, data, cache]:
            os.chown(path, 65534, 65534)
        self.port = free_port()
        self.process = subprocess.Popen(
            ["snmpsimd", f"--data-dir={data}", f"--cache-dir={cache}", "--logging-method=null",
             f"--agent-udpv4-endpoint=127.0.0.1:{self.port}", "--process-user=nobody", "--process-group=nogroup"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.folder)

    def inspect(self, build, name):
        run = subprocess.run([build / "hayloft", "inspect", "127.0.0.1", "--port", str(self.port), "--community",
                              name, "--json"], capture_output=True, timeout=LIMIT_S, check=False)
        return json.loads(run.stdout) if run.returncode == 0 else None

    def wait(self, build, name):  # it makes an index first
        deadline = time.monotonic() + LIMIT_S
        while self.process.poll() is None and time.monotonic() < deadline:
            if self.inspect(build, name):
                return True
            time.sleep(0.5)
        return False


def differences(ours, theirs, path=""):
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for key in sorted(ours.keys() | theirs.keys()):
            yield from differences(ours.get(key), theirs.get(key), f"{path}/{key}")
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        for i, (a, b) in enumerate(zip(ours, theirs)):
            yield from differences(a, b, f"{path}/{i}")
    elif path == "/uptime_s" and None not in (ours, theirs) and abs(ours - theirs) < LIMIT_S:
        pass  # both count the seconds since they were asked first
    elif ours != theirs:
        yield f"{path}: {ours!r} of ours, {theirs!r} of snmpsim's"


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    if not agents.RECORDINGS.is_dir():
        print("1..0 # SKIP no recordings beside the project")
        return 0
    if not shutil.which("snmpsimd") or os.geteuid() != 0:
        print("1..0 # SKIP snmpsim is not there, or we are not root")
        return 0
    names = sys.argv[2:] or sorted(p.stem for p in agents.RECORDINGS.glob("*.snmprec"))
    for name in [n for n in names if n in SERVED_BADLY]:
        print(f"# left out: {name}: {SERVED_BADLY[name]}")
        names.remove(name)
    with agents.Agents(build, agents.RECORDINGS) as farm, Stranger(names) as stranger:
        if not stranger.wait(build, names[0]):
            print("1..1\nnot ok 1 - snmpsim answers")
            return 1
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            theirs = dict(zip(names, pool.map(lambda n: stranger.inspect(build, n), names)))
        bad = 0
        print(f"1..{len(names)}")
        for number, name in enumerate(names, 1):
            ours = json.loads(subprocess.run([build / "hayloft", "inspect", farm.address[name], "--port", farm.port,
                                              "--json"], capture_output=True, check=False).stdout or "null")
            found = list(differences(ours, theirs[name]))
            bad += bool(found)
            print(f"{'not ok' if found else 'ok'} {number} - {name} is the same when snmpsim serves it")
            for text in found[:5]:
                print(f"#   {text[:300]}")
    return bad > 0


sys.exit(main())
