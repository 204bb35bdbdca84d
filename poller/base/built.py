#!/usr/bin/env python3
"""Prints the second since 1970 before which no right clock is: a day before this program was made.

SOURCE_DATE_EPOCH when a packager says so. Else the date of the checked-out commit, or of CHANGELOG.md
where there is no history (a tarball keeps it), so that the same source gives the same program. Never
later than this machine's own clock: if the two disagree, one is wrong, and a bound that is too early
only bounds less, while one that is too late would call a right clock wrong for ever. The day is for a
clock that was a little ahead when it built this, and is set back an hour later."""
import os
import pathlib
import subprocess
import sys
import time

ROOT = pathlib.Path(sys.argv[1])
DAY_S = 86400
NOT_BEFORE = 1735689600  # 2025-01-01: this source is younger, also where the building machine has no clock


def commit_date():
    if not (ROOT / ".git").exists():
        return None
    try:
        run = subprocess.run(["git", "-C", str(ROOT), "log", "-1", "--format=%ct"], capture_output=True,
                             text=True)
    except OSError:
        return None
    return int(run.stdout) if run.returncode == 0 and run.stdout.strip().isdigit() else None


def made():
    said = os.environ.get("SOURCE_DATE_EPOCH", "")
    if said.isdigit():
        return int(said)
    written = commit_date() or int((ROOT / "CHANGELOG.md").stat().st_mtime)
    return min(written, int(time.time()))


print(max(made() - DAY_S, NOT_BEFORE))
