#!/usr/bin/env python3
"""Makes a C string of a text file: text_to_c.py INPUT OUTPUT NAME"""
import sys

source, target, name = sys.argv[1:]
with open(source, encoding="utf-8") as f:
    lines = f.read().splitlines()

def quoted(line):
    return '    "' + line.replace("\\", "\\\\").replace('"', '\\"') + '\\n"'

with open(target, "w", encoding="utf-8") as f:
    f.write(f"extern const char {name}[];\n")
    f.write(f"const char {name}[] =\n" + "\n".join(quoted(l) for l in lines) + ";\n")
