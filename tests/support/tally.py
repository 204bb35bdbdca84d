#!/usr/bin/env python3
"""Adds up what the parts of a test run said, and prints the closing line.

usage: tally.py RESULTS_FOLDER

Reads every file there: *.tap (TAP lines, as the lab, browser and kill parts print them) and *.json
(meson's testlog.json, one document a line, whose stdout may hold TAP of its own). A part that ended
without a word is a failure, told by *.failed files holding its name and exit code.
"""
import json
import pathlib
import re
import sys

TAP = re.compile(r"^(not ok|ok)\b\s*\d*\s*-?\s*(.*)$")


class Count:
    def __init__(self):
        self.passed = self.failed = self.skipped = 0
        self.bad = []

    def line(self, where, result, name):
        if re.search(r"#\s*skip", name, re.I):
            self.skipped += 1
        elif result == "ok":
            self.passed += 1
        else:
            self.failed += 1
            self.bad.append(f"{where}: {name}")

    def tap(self, where, text):
        found = 0
        for line in text.splitlines():
            if re.match(r"1\.\.0\s*#\s*skip", line.strip(), re.I):
                found += 1
                self.skipped += 1
            match = TAP.match(line.strip())
            if match:
                found += 1
                self.line(where, *match.groups())
        return found


def inner_failed(document):
    lines = (TAP.match(line.strip()) for line in document["stdout"].splitlines())
    return any(m and m.group(1) == "not ok" and not re.search(r"#\s*skip", m.group(2), re.I)
               for m in lines)


def meson_test(count, where, document):
    name, result = document["name"], document["result"]
    inner = count.tap(f"{where} {name}", document.get("stdout") or "")
    if result == "SKIP":
        count.line(where, "ok", f"{name} # skip")
    elif result in ("OK", "EXPECTEDFAIL"):
        if not inner:
            count.line(where, "ok", name)
    elif inner and document.get("returncode") == 0 and not inner_failed(document):
        pass  # cmocka says "not ok # SKIP", which meson takes for a failure
    elif not any(bad.startswith(f"{where} {name}:") for bad in count.bad):
        count.line(where, "not ok", f"{name} ({result})")


def main():
    count = Count()
    for file in sorted(pathlib.Path(sys.argv[1]).iterdir()):
        text = file.read_text(encoding="utf-8", errors="replace")
        if file.suffix == ".json":
            for line in text.splitlines():
                meson_test(count, file.stem, json.loads(line))
        elif file.suffix == ".tap":
            if not count.tap(file.stem, text):
                count.line(file.stem, "not ok", "it said nothing")
        elif file.suffix == ".failed":
            count.line(file.stem, "not ok", text.strip())
    for bad in count.bad:
        print(f"FAILED  {bad}")
    print(f"{count.passed} passed, {count.failed} failed, {count.skipped} skipped")
    return 1 if count.failed or not count.passed else 0


sys.exit(main())
