"""hayloft-painter as the command line uses it: --serve-fd on a socket pair. Prints TAP.

usage: painter_test.py PAINTER
Messages as in poller/message/web_painter.h, packed as in poller/base/field.c.
"""
import math
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time

WP_POINTS, WP_PICTURE, WP_LIST = 1, 2, 3
PW_POINTS, PW_PICTURE, PW_LIST, PW_ERROR = 1, 2, 3, 4
results = []


def told(ok, name, detail=""):
    results.append(ok)
    print(f"{'ok' if ok else 'not ok'} {len(results)} - {name}", flush=True)
    if not ok:
        print(f"# {detail!r}"[:400])


def text(value):
    data = value.encode("utf-8", "surrogateescape")
    return struct.pack(">I", len(data)) + data


class Painter:
    def __init__(self, program, state):
        self.here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.here.settimeout(15)
        self.process = subprocess.Popen(
            [program, "--serve-fd", str(there.fileno()), "--state", state], pass_fds=[there.fileno()],
            # librrd and fontconfig keep memory to the end: what leaks there is not ours
            env=dict(os.environ, ASAN_OPTIONS="detect_leaks=0"))
        there.close()

    def ask(self, kind, payload):
        self.here.send(struct.pack(">H", kind) + payload)

    def answer(self):
        data = self.here.recv(70000)
        return (struct.unpack(">H", data[:2])[0], data[2:]) if data else (0, b"")

    def points(self, node, name, start, end, count=100, number=1):
        self.ask(WP_POINTS, struct.pack(">I", number) + text("here") + text(node) + text(name)
                 + struct.pack(">qqIB", start * 10**9, end * 10**9, count, 0))
        return self.answer()

    def picture(self, name, title, start, end, size=(600, 200)):
        self.ask(WP_PICTURE, struct.pack(">I", 2) + text("here") + text("router") + text(name) + text(title)
                 + struct.pack(">qqII", start * 10**9, end * 10**9, *size))
        png = b""
        while True:
            kind, data = self.answer()
            if kind != PW_PICTURE:
                return kind, data
            last, length = struct.unpack(">BI", data[4:9])
            png += data[9:9 + length]
            if last:
                return kind, png

    def close(self):
        self.here.close()
        return self.process.wait(10)


def make_series(state, now):
    folder = os.path.join(state, "rrd/here/router")
    os.makedirs(folder)
    path = os.path.join(folder, "ping.rrd")
    sources = [f"DS:{n}:GAUGE:150:0:U" for n in ("rtt_min", "rtt_median", "rtt_max")]
    subprocess.run(["rrdtool", "create", path, "--start", str(now - 4000), "--step", "60", *sources,
                    "RRA:AVERAGE:0.5:1:1440", "RRA:MAX:0.5:1:1440"], check=True)
    rows = [f"{now - 3600 + 60 * i}:{.001}:{.0012 + .0003 * math.sin(i / 9)}:{.002}" for i in range(59)]
    subprocess.run(["rrdtool", "update", path, *rows], check=True)
    shutil.copy(path, os.path.join(folder, "broken.rrd"))
    with open(os.path.join(folder, "broken.rrd"), "r+b") as f:
        f.seek(24)
        f.write(b"\xff" * 8)


def main():
    if not shutil.which("rrdtool"):
        print("1..0 # SKIP rrdtool is not installed")
        return 0
    state = tempfile.mkdtemp(prefix="hayloft: painter ")  # a colon ends a word in RRDtool's language
    now = int(time.time()) // 60 * 60
    make_series(state, now)
    p = Painter(sys.argv[1], state)
    kind, data = p.points("router", "ping", now - 3600, now)
    told(kind == PW_POINTS and b"rtt_median" in data, "points come with their names", (kind, data[:80]))
    kind, data = p.points("router", "nothing", now - 3600, now)
    told(kind == PW_ERROR and b"no series" in data, "a series that is not there is said", data)
    kind, data = p.points("../../router", "ping", now - 3600, now)
    told(kind == PW_ERROR, "a name is no path", data)
    kind, data = p.points("router", "broken", now - 3600, now)
    told(kind == PW_ERROR and b"damaged" in data, "a damaged file is said", data)
    kind, data = p.points("router", "ping", now, now - 3600)
    told(kind == PW_ERROR, "a stretch without length is refused", data)
    kind, png = p.picture("ping", "plain", now - 3600, now)
    told(kind == PW_PICTURE and png.startswith(b"\x89PNG"), "a picture is painted", (kind, png[:60]))
    kind, png = p.picture("ping", "a:b\\c %s <b> -x --title \x01 \udcff \U0001f404", now - 3600, now, (10**9, 0))
    told(kind == PW_PICTURE and png.startswith(b"\x89PNG"), "a hostile title and size are bounded", (kind, png[:60]))
    p.ask(WP_POINTS, b"\xff" * 7)
    p.ask(99, b"")
    p.ask(WP_LIST, struct.pack(">I", 3) + text("here") + text("router"))
    kind, data = p.answer()
    told(kind == PW_LIST and b"ping" in data, "nonsense is passed over, objects are listed", (kind, data))
    told(p.close() == 0, "it ends when nobody is at the other end")
    shutil.rmtree(state)
    print(f"1..{len(results)}")
    return 0 if all(results) else 1


sys.exit(main())
