#!/usr/bin/env python3
"""A report, and a ceiling: how long our functions are, from the line of the name to the closing brace.
Fails when one passes 100 lines, when fewer than half fit in 15, or nine of ten in 45."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def functions(text):
    """A body opens with '{' alone in column one and closes with '}' in column one."""
    lines = text.splitlines()
    head, name = None, None
    for number, line in enumerate(lines, 1):
        if line == "{" and head:
            end = next((i for i in range(number, len(lines)) if lines[i].startswith("}")), None)
            if end is not None:
                yield name, end + 2 - head
            head = None
        elif line and not line[0].isspace() and line[0] not in "#/{}*":
            found = re.search(r"(\w+)\s*\(", line)
            if found and not line.rstrip().endswith(";"):
                head, name = number, found.group(1)


def main():
    rows = []
    for folder in ("poller", "collectors", "graphs", "web"):
        for file in sorted((ROOT / folder).glob("**/*.c")):
            path = file.relative_to(ROOT).as_posix()
            rows += [(length, path, name) for name, length in functions(file.read_text())]
    rows.sort(reverse=True)
    lengths = sorted(r[0] for r in rows)
    median = lengths[len(lengths) // 2]
    p90 = lengths[len(lengths) * 9 // 10]
    print(f"{len(rows)} functions, median {median} lines, 90th percentile {p90}, longest {lengths[-1]}")
    for length, path, name in rows[:8]:
        print(f"  {length:4d}  {path}  {name}")
    return 0 if median <= 15 and p90 <= 45 and lengths[-1] <= 100 else 1


sys.exit(main())
