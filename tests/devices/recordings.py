#!/usr/bin/env python3
"""Asks every recorded device of ../shared/devices by `hayloft inspect` and compares what is shown with what
was recorded. TAP, with the figures by family as a table of comments.

usage: recordings.py BUILD [--core PERCENT] [--all PERCENT] [--ports PERCENT] [--limit SECONDS] [-j N]
                     [--manner WORD]... [--absent] [--apart] [NAME...]

--core and --all: so many of the sensors must be right, in the core set and in all; without them the shares
are only said. --ports: of the values of ports, 100 if nothing is said. --absent lists what is not shown at
all, --apart what is not asserted. --manner sets a word of replay_farm.h for all agents (delay=300, loss=20,
largest=484, fault=no-bulk)."""
import argparse
import json
import pathlib
import sys

import agents
import identity
import ports
import sensors
import summary
import tables

SYSTEM_LEAST = 100

def options():
    p = argparse.ArgumentParser()
    p.add_argument("build", type=pathlib.Path)
    p.add_argument("names", nargs="*")
    p.add_argument("--core", type=float)
    p.add_argument("--all", type=float)
    p.add_argument("--ports", type=float, default=100)
    p.add_argument("--limit", type=float, default=20, help="seconds for a device")
    p.add_argument("-j", type=int, default=4)
    p.add_argument("--manner", action="append", default=[], metavar="WORD")
    p.add_argument("--absent", action="store_true")
    p.add_argument("--apart", action="store_true")
    p.add_argument("--devices", type=pathlib.Path, default=agents.RECORDINGS)
    return p.parse_args()


class Device:
    def __init__(self, name, expected, run):
        self.name, self.run = name, run
        self.family, self.core = expected["family"], expected["core"]
        self.verdicts = []
        if run.fault is None:
            self.verdicts = [*identity.compare_system(run.document, expected),
                             *ports.compare(run.document, expected),
                             *sensors.compare(run.document, expected),
                             *sensors.compare_usage(run.document, expected),
                             *tables.compare(run.document, expected),
                             *identity.compare(run.document, expected.get("device") or {},
                                               identity.read_families())]


def of(devices, area=None):
    return [v for d in devices for v in d.verdicts if area is None or v.area == area]


def list_verdicts(devices, outcome):
    for d in devices:
        for v in d.verdicts:
            if v.outcome == outcome:
                print(f"# {outcome}: {d.name}: {v.area}: {v.what}{': ' + v.detail if v.detail else ''}")


def print_table(devices):
    families = list(dict.fromkeys(d.family for d in devices))
    groups = [(f, [d for d in devices if d.family == f]) for f in families]
    groups += [("core set", [d for d in devices if d.core]), ("all", devices)]
    for line in summary.table([(title, len(ds), of(ds)) for title, ds in groups]):
        print("# " + line)


def judge(devices, o):
    tap = summary.Tap()
    slowest = max(devices, key=lambda d: d.run.seconds)
    for d in devices:
        if d.run.fault is not None:
            tap.say(False, f"{d.name} is asked without crash, stall or error: {d.run.fault}")
    answered = sum(d.run.fault is None for d in devices)
    tap.say(answered == len(devices), f"{answered} of {len(devices)} devices answered, the slowest "
            f"({slowest.name}) in {slowest.run.seconds:.2f} s of {o.limit:g}")
    tap.share(of(devices, "system"), SYSTEM_LEAST, "values of the system group")
    tap.share(of(devices, "ports"), o.ports, "values of ports")
    tap.say(not any(v.outcome == "wrong" for v in of(devices, "missing")),
            "what an agent has not is shown as absent")
    tap.share(of([d for d in devices if d.core], "sensors"), o.core, "sensors of the core set")
    tap.share(of(devices, "sensors"), o.all, "sensors of all")
    wrong = sum(v.outcome == "wrong" for v in of(devices))
    tap.say(wrong == 0, f"nothing that is shown is wrong: {wrong} are")
    return tap.end()


def main():
    o = options()
    if not o.devices.is_dir():
        print(f"1..0 # SKIP no recordings: {o.devices.name} is not beside the project")
        return 0
    with agents.Agents(o.build.resolve(), o.devices, o.manner) as farm:
        names = sorted(o.names or farm.address)
        expected = {n: json.loads((o.devices / f"{n}.expected.json").read_text(encoding="utf-8"))
                    for n in names}
        runs = farm.inspect_all(names, o.limit, o.j)
    devices = [Device(n, expected[n], runs[n]) for n in names]
    print_table(devices)
    list_verdicts(devices, "wrong")
    for outcome in ("absent", "apart"):
        if getattr(o, outcome):
            list_verdicts(devices, outcome)
    return judge(devices, o)


sys.exit(main())
