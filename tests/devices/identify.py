#!/usr/bin/env python3
"""Asks agents that tell only sysDescr and sysObjectID, the 309 pairs of ../shared/devices/identify.tsv, by
`hayloft inspect`, and compares vendor and family. TAP.

usage: identify.py BUILD [--least PERCENT] [--limit SECONDS] [-j N] [--absent]

--least: so many of all vendors and families must be right; without it the share is only said."""
import argparse
import collections
import csv
import pathlib
import sys
import tempfile

import agents
import identity
import summary


def options():
    p = argparse.ArgumentParser()
    p.add_argument("build", type=pathlib.Path)
    p.add_argument("--least", type=float)
    p.add_argument("--limit", type=float, default=20, help="seconds for a device")
    p.add_argument("-j", type=int, default=4)
    p.add_argument("--absent", action="store_true")
    p.add_argument("--devices", type=pathlib.Path, default=agents.RECORDINGS)
    return p.parse_args()


def read_pairs(path):
    with open(path, encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE))


def write_recording(folder, number, pair):
    descr = pair["sysDescr"].replace("\\n", "\n").encode().hex()
    (folder / f"{number:04}.snmprec").write_text(
        f"1.3.6.1.2.1.1.1.0|4x|{descr}\n"
        f"1.3.6.1.2.1.1.2.0|6|{pair['sysObjectID']}\n"
        "1.3.6.1.2.1.1.3.0|67|123456\n", encoding="utf-8")


def ask(o, pairs):
    with tempfile.TemporaryDirectory(prefix="hayloft-identify-") as folder:
        for number, pair in enumerate(pairs):
            write_recording(pathlib.Path(folder), number, pair)
        with agents.Agents(o.build.resolve(), folder) as farm:
            return list(farm.inspect_all(sorted(farm.address), o.limit, o.j).values())


def compare(pairs, runs):
    families = identity.read_families()
    for pair, run in zip(pairs, runs):
        if run.fault is None:
            for v in identity.compare(run.document, {"os": pair["os"]}, families):
                yield pair, v


def tell(judged, outcome):
    for pair, v in judged:
        if v.outcome == outcome:
            print(f"# {outcome}: {v.what}: {v.detail}: {pair['sysObjectID']} {pair['sysDescr'][:60]!r}")


def print_table(judged):
    groups = collections.OrderedDict()
    for pair, v in judged:
        groups.setdefault(pair["family"], []).append((pair["recording"], v))
    rows = [(name, len({r for r, _ in group}), [v for _, v in group]) for name, group in groups.items()]
    rows.append(("all", len({p["recording"] for p, _ in judged}), [v for _, v in judged]))
    for line in summary.table(rows):
        print("# " + line)


def main():
    o = options()
    path = o.devices / "identify.tsv"
    if not path.is_file():
        print(f"1..0 # SKIP no recordings: {o.devices.name}/{path.name} is not beside the project")
        return 0
    pairs = read_pairs(path)
    runs = ask(o, pairs)
    judged = list(compare(pairs, runs))
    tap = summary.Tap()
    print_table(judged)
    tell(judged, "wrong")
    if o.absent:
        tell(judged, "absent")
    faults = [(p, r) for p, r in zip(pairs, runs) if r.fault is not None]
    for pair, run in faults:
        print(f"# {pair['recording']}: {run.fault}")
    tap.say(not faults, f"{len(pairs) - len(faults)} of {len(pairs)} devices answered, the slowest in "
            f"{max(r.seconds for r in runs):.2f} s of {o.limit:g}")
    tap.share([v for _, v in judged], o.least, "vendors and families")
    return tap.end()


sys.exit(main())
