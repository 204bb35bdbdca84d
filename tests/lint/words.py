#!/usr/bin/env python3
"""What our sources must not hold: calls that bite, unfinished work, tabs, lines nobody can read."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
CALLS = re.compile(r"(?<![\w.>])(strcpy|strcat|sprintf|vsprintf|gets|system|popen|atoi|atol|select|"
                   r"strtok|alloca)\s*\(")
UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b")


def without_comments(text):
    return re.sub(r"/\*.*?\*/", lambda m: re.sub(r"[^\n]", " ", m.group()), text, flags=re.S)


def findings(text):
    code = without_comments(text)
    for number, (line, bare) in enumerate(zip(text.splitlines(), code.splitlines()), 1):
        stripped = re.sub(r'"(\\.|[^"\\])*"', '""', bare)
        for pattern, source in ((CALLS, stripped), (UNFINISHED, line)):
            found = pattern.search(source)
            if found:
                yield number, f"'{found.group().strip()}'"
        if "\t" in line:
            yield number, "a tab"
        if len(line) > 120:
            yield number, f"{len(line)} columns"


def main():
    wrong = seen = 0
    for file in sorted(ROOT.glob("**/*.[ch]")):
        path = file.relative_to(ROOT)
        if path.parts[0] not in ("poller", "collectors", "graphs", "web", "tests"):
            continue
        if "node_modules" in path.parts:
            continue
        seen += 1
        for number, what in findings(file.read_text(encoding="utf-8")):
            print(f"{path}:{number}: {what}")
            wrong += 1
    print(f"{seen} files looked at, {wrong} findings")
    return 1 if wrong or not seen else 0


sys.exit(main())
