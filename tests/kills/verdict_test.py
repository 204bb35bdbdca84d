#!/usr/bin/env python3
"""What the judge of the kills expects in a file, without a daemon. Output is TAP."""
import math
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.dont_write_bytecode = True
import verdict  # noqa: E402


def row(at_ns, loss):
    values = [0.001] * 8
    values[verdict.LOSS] = loss
    return at_ns / 1e9, at_ns / 1e9, values, at_ns


def gaps(*stamps_ns):
    return [at for at, loss in verdict.whole_seconds([row(at, 0.0) for at in stamps_ns]) if math.isnan(loss)]


def main():
    checks = {
        "a gap is longer than the heartbeat by a millisecond, of stamps as they are cut there":
            gaps(1795796851952752291, 1795796854953000028) == [1795796854.0],
        "and not by less": gaps(1795796851952752291, 1795796854952999999) == [],
        "seconds that one update fills have its loss":
            dict(verdict.expected_losses([row(100_000_000_000, 0.0), row(101_000_000_000, 0.5),
                                          row(103_000_000_000, 1.0)])) == {102: 1.0, 103: 1.0},
    }
    print(f"1..{len(checks)}")
    for number, (text, good) in enumerate(checks.items(), 1):
        print(f"{'ok' if good else 'not ok'} {number} - {text}")
    return not all(checks.values())


sys.exit(main())
