#!/usr/bin/env python3
"""Each fuzz target has a program, a corpus and a line in tests/fuzz/sources, whose files are there."""
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
lines = [line.split(": ") for line in (HERE / "sources").read_text().splitlines() if line and line[0] != "#"]
sources = {name: files.split() for name, files in lines}
programs = {path.stem.removeprefix("fuzz_") for path in HERE.glob("fuzz_*.c")}
corpora = {path.name for path in (HERE / "corpus").iterdir() if any(path.iterdir())}

wrong = [f"{name}: no {what}" for what, there in (("program", programs), ("corpus", corpora), ("sources", set(sources)))
         for name in sorted((programs | corpora | set(sources)) - there)]
wrong += [f"{name}: there is no {path}" for name, files in sources.items() for path in files
          if not (ROOT / path).is_file()]
wrong += [f"{name} stands twice" for name in sources if [line[0] for line in lines].count(name) > 1]
print("\n".join(wrong) or f"{len(programs)} targets, each with a corpus and its sources")
sys.exit(1 if wrong else 0)
