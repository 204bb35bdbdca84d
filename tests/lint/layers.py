#!/usr/bin/env python3
"""Includes point down: a folder may include only what stands below it.

Reads every #include "..." of the sources and compares the folders with the table here, which is the
map of the README as data. Roles do not see each other: they talk by poller/message.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]

BASE = {"poller/base"}
MODEL = BASE | {"poller/model"}
MESSAGE = MODEL | {"poller/message"}
PROTOCOL = MODEL | {"collectors/protocol"}
CONFIG = MODEL | {"poller/config"}
MAY_SEE = {
    "poller/base": BASE,
    "poller/model": MODEL,
    "poller/message": MESSAGE,
    "collectors/protocol": PROTOCOL,
    "collectors": PROTOCOL | {"collectors"},
    "graphs": MESSAGE | {"graphs"},
    "poller/config": CONFIG,
    "poller/diagnose": CONFIG | {"poller/diagnose"},
    "poller/engine": MESSAGE | CONFIG | {"poller/engine", "poller/diagnose", "collectors"},
    "poller/store": MESSAGE | CONFIG | {"poller/store", "graphs"},
    "poller/courier": MESSAGE | CONFIG | {"poller/courier"},
    "poller/wire": MESSAGE | {"poller/wire"},
    "poller/document": MESSAGE | {"poller/document"},
    "web": MESSAGE | CONFIG | {"web", "graphs", "poller/document"},
    "poller/command": MESSAGE | PROTOCOL | CONFIG | {"poller/command", "poller/document", "graphs",
                                                    "collectors", "collectors/ping",
                                                    "collectors/snmp"},
    "poller": MESSAGE | {"poller"},
}
# the contract of collectors, which everything of theirs stands on
DOOR = pathlib.PurePosixPath("collectors/collector.h")
# main files stand on top: they put the parts of their own process together
TOPS = {"poller/config/main.c": {"collectors", "poller/message", "graphs"},
        "graphs/painter.c": {"poller/config"}}


def room_of(path):
    """The folder of the table a file belongs to; collectors' kinds are each a room of their own."""
    folder = path.parent.as_posix()
    while folder not in MAY_SEE:
        if folder.startswith("collectors/"):
            return folder
        if "/" not in folder:
            return None
        folder = folder.rsplit("/", 1)[0]
    return folder


def allowed(path, room):
    if room.startswith("collectors/") and room not in MAY_SEE:
        return PROTOCOL | {room, "collectors"}
    return MAY_SEE[room] | TOPS.get(path.as_posix(), set())


def includes(path):
    text = (ROOT / path).read_text(encoding="utf-8")
    return re.findall(r'^\s*#\s*include\s+"([^"]+)"', text, re.M)


def complaints(path, room):
    for name in includes(path):
        other = pathlib.PurePosixPath(name)
        if name.endswith("_internal.h") and other.parent != path.parent:
            yield f"{path}: {name} must not leave its folder"
        by_contract = other == DOOR and room.startswith("collectors")
        if room_of(other) not in allowed(path, room) and not by_contract:
            yield f"{path}: includes {name}, which is not below {room}"


def main():
    wrong = seen = 0
    for file in sorted(ROOT.glob("**/*.[ch]")):
        path = pathlib.PurePosixPath(file.relative_to(ROOT).as_posix())
        if path.parts[0] not in ("poller", "collectors", "graphs", "web"):
            continue
        seen += 1
        room = room_of(path)
        found = [f"{path}: lives in no room of the map"] if room is None else complaints(path, room)
        for text in found:
            print(text)
            wrong += 1
    print(f"{seen} files looked at, {wrong} wrong includes")
    return 1 if wrong or not seen else 0


sys.exit(main())
