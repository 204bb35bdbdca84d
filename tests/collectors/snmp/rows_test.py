#!/usr/bin/env python3
"""The table ROWS is true: every test it names is there and is run, and every fault has one."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[3]
TABLE = pathlib.Path(__file__).with_name("ROWS")
FAULTS = {*range(16, 37)}


def is_run(text, name):
    """Defined once, and named once more where the tests of its file are listed."""
    defined = re.search(rf"^(static void {name}\(void \*\*state\)|def {name}\()", text, re.M)
    return bool(defined) and len(re.findall(rf"\b{name}\b", text)) >= 2


def main():
    wrong, shown = 0, set()
    for number, line in enumerate(TABLE.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("#") or not line:
            continue
        row, file, name = line.split()
        path = ROOT / file
        if path.is_file() and is_run(path.read_text(encoding="utf-8"), name):
            shown.add(int(row))
        else:
            print(f"ROWS:{number}: {file} runs no test called {name}")
            wrong += 1
    for row in sorted(FAULTS ^ shown):
        print(f"ROWS: row {row} is {'shown by no test' if row in FAULTS else 'not of this table'}")
        wrong += 1
    print(f"{len(shown)} rows looked at, {wrong} findings")
    return 1 if wrong else 0


sys.exit(main())
