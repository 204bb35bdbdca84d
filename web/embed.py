"""Makes a C file of the given files: each compressed, with a name made from what it holds."""
import gzip
import hashlib
import os
import sys

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


def main():
    out_path, *paths = sys.argv[1:]
    parts = ['#include "web/asset.h"\n']
    rows = []
    for number, path in enumerate(paths):
        with open(path, "rb") as f:
            data = f.read()
        packed = gzip.compress(data, 9, mtime=0)
        digest = hashlib.sha256(data).hexdigest()[:12]
        stem, ext = os.path.splitext(os.path.basename(path))
        body = ",".join(str(b) for b in packed)
        parts.append(f"static const unsigned char bytes_{number}[] = {{{body}}};\n")
        rows.append(
            f'    {{"{stem}{ext}", "/a/{stem}-{digest}{ext}", "{TYPES[ext]}", "\\"{digest}\\"",'
            f" bytes_{number}, sizeof bytes_{number}, {len(data)}}},\n"
        )
    parts.append("const struct asset assets[] = {\n" + "".join(rows) + "};\n")
    parts.append("const size_t assets_count = sizeof assets / sizeof assets[0];\n")
    with open(out_path, "w", encoding="ascii") as f:
        f.write("\n".join(parts))


main()
