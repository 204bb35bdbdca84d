#!/usr/bin/env python3
"""Holds the database's write lock, as a backup or somebody's shell may: hold.py FILE-shm. Each line on
standard input takes it, if it is free, or gives it back, in turn; each is answered with a line. A process
of its own, because closing the file drops every lock the process has on it."""
import fcntl
import sys

WRITE_LOCK_BYTE = 120  # of the wal-index, see SQLite's file format

with open(sys.argv[1], "r+b") as file:
    held = False
    for _ in sys.stdin:
        try:
            fcntl.lockf(file, fcntl.LOCK_UN if held else fcntl.LOCK_EX | fcntl.LOCK_NB, 1, WRITE_LOCK_BYTE)
            held = not held
        except OSError:
            pass
        print("held" if held else "free", flush=True)
