"""Looks into the daemon's database again and again while it is being killed, and remembers what was
committed. A connection lives for one look only: one that stayed open would spare a store that starts the
recovery a real one has to do. What contradicts an earlier look is a complaint at once."""
import sqlite3
import threading
import time

LOOK_EVERY_S = 0.2


class Watch(threading.Thread):
    def __init__(self, state):
        super().__init__(daemon=True)
        self.uri = f"file:{state}/hayloft.db?mode=ro"
        self.ending = threading.Event()
        self.lock = threading.Lock()
        self.looks = 0
        self.incidents = {}     # id -> (revision, resolved, acknowledged, revision's words)
        self.events = set()
        self.outbox = {}        # key -> state
        self.told = {}          # incident -> kind of its newest message
        self.newest_event = 0
        self.complaints = []

    def complain(self, text):
        if len(self.complaints) < 20:
            self.complaints.append(f"{time.time():.3f} {text}")

    def take_incidents(self, rows):
        seen = {row[0]: row[1:] for row in rows}
        for id, before in self.incidents.items():
            now = seen.get(id)
            if not now:
                self.complain(f"incident {id} was there and is not any more")
            elif now[0] < before[0]:
                self.complain(f"incident {id} went from revision {before[0]} back to {now[0]}")
            elif now[0] == before[0] and now != before:
                self.complain(f"incident {id} revision {now[0]} was {before[1:]} and is {now[1:]}")
            elif before[2] and not now[2]:
                self.complain(f"incident {id} was acknowledged and is not any more")
        self.incidents.update(seen)

    def take_outbox(self, rows):
        for key, state, incident, kind in rows:
            if kind != "reminder":
                self.told[incident] = kind
            before = self.outbox.get(key)
            if before == "sent" and state != "sent":
                self.complain(f"message {key} was sent and is {state}")
            self.outbox[key] = state

    def look(self):
        db = sqlite3.connect(self.uri, uri=True, timeout=0.5, isolation_level=None)
        try:
            db.execute("BEGIN")
            incidents = db.execute("SELECT id, revision, resolved, acknowledged, cause, sentence FROM incident").fetchall()
            events = db.execute("SELECT id, at FROM event WHERE at > ?",
                                (self.newest_event - 60 * 10**9,)).fetchall()
            outbox = db.execute("SELECT key, state, incident, kind FROM outbox ORDER BY position").fetchall()
        finally:
            db.close()
        with self.lock:
            self.take_incidents(incidents)
            self.take_outbox(outbox)
            self.events.update(id for id, _ in events)
            self.newest_event = max([self.newest_event, *(at for _, at in events)])
            self.looks += 1

    def open_incidents(self):
        """Ids of those open and not acknowledged."""
        with self.lock:
            return [id for id, (_, resolved, acknowledged, *_) in self.incidents.items()
                    if not resolved and not acknowledged]

    def quiet(self):
        """Nothing open, nothing waiting to be sent, and every end told? The limit may hold that one back."""
        with self.lock:
            return (self.looks and all(row[1] for row in self.incidents.values()) and
                    "waiting" not in self.outbox.values() and set(self.told.values()) <= {"resolved"})

    def run(self):
        while not self.ending.wait(LOOK_EVERY_S):
            try:
                self.look()
            except sqlite3.OperationalError:
                pass  # locked by a start, or not yet there: the next look sees the same and more

    def finish(self):
        self.ending.set()
        self.join()
        self.look()
