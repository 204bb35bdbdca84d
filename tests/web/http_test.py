"""hayloft-web as clients and attackers see it, over real sockets, with the other processes played by
web-fixture. Prints TAP.

usage: http_test.py FIXTURE HAYLOFT_WEB SQL_FILE...     HAYLOFT_GRAPHS=0: it was built without graphs
"""
import gzip
import html
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time

FIXTURE, WEB, *SQL = sys.argv[1:]
DEADLINE_S = 10
GRAPHS = os.environ.get("HAYLOFT_GRAPHS") != "0"
results = []


def told(ok, name, detail=""):
    results.append(ok)
    print(f"{'ok' if ok else 'not ok'} {len(results)} - {name}", flush=True)
    if not ok:
        print("# " + str(detail)[:800].replace("\n", "\n# "), flush=True)


class Service:
    """A fixture with its own state folder and port."""

    def __init__(self, *extra):
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            self.port = s.getsockname()[1]
        self.folder = tempfile.mkdtemp(prefix="hayloft-web-")
        self.process = subprocess.Popen(
            [FIXTURE, WEB, self.folder, f"127.0.0.1:{self.port}", *SQL, *extra],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        line = self.process.stdout.readline()
        if line.strip() != b"ready":
            raise RuntimeError(self.process.stderr.read().decode())

    def stop(self):
        self.process.stdin.close()
        self.process.wait(DEADLINE_S)
        told(self.process.returncode == 0, "it stops in order when told to", self.process.stderr.read().decode())
        self.process.stdout.close()
        self.process.stderr.close()
        shutil.rmtree(self.folder)

    def connect(self):
        s = socket.create_connection(("127.0.0.1", self.port), DEADLINE_S)
        s.settimeout(DEADLINE_S)
        return s

    def raw(self, data, half_close=False):
        """Sends bytes as they are; everything that comes back until the end."""
        with self.connect() as s:
            try:
                s.sendall(data)
                if half_close:
                    s.shutdown(socket.SHUT_WR)
            except OSError:
                pass
            return receive_all(s)

    def ask(self, path, method="GET", headers=None, body=b""):
        fields = {"Host": f"127.0.0.1:{self.port}", "Connection": "close"}
        fields.update(headers or {})
        if body or method == "POST":
            fields.setdefault("Content-Length", str(len(body)))
        head = "".join(f"{k}: {v}\r\n" for k, v in fields.items() if v is not None)
        return Answer(self.raw(f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode("latin-1") + body))


def receive_all(s):
    parts = []
    try:
        while True:
            part = s.recv(65536)
            if not part:
                break
            parts.append(part)
    except (ConnectionResetError, socket.timeout):
        pass
    return b"".join(parts)


class Answer:
    def __init__(self, data):
        head, _, self.body = data.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        self.status = int(lines[0].split()[1]) if len(lines[0].split()) > 1 else 0
        self.headers = {}
        for line in lines[1:]:
            name, _, value = line.partition(": ")
            self.headers[name.lower()] = value

    @property
    def text(self):
        return self.body.decode("utf-8", "replace")


def hosts(s):
    for host in ("evil.example", "evil.example:80", "127.0.0.1.evil.example"):
        for path in ("/", "/api/v1/nodes", "/api/v1/events", "/metrics", "/login", "/a/x", "/api/v1/health"):
            a = s.ask(path, headers={"Host": host})
            if a.status != 421 or "barn" in a.text:
                told(False, f"{path} by the name {host} is refused", a.status)
                return
    told(True, "no route answers to a foreign name")
    told(s.ask("/", headers={"Host": None}).status == 400, "a request without Host is refused")
    told(s.ask("/", headers={"Host": f"localhost:{s.port}"}).status == 200, "localhost is served")


def headers(s):
    wanted = ("content-security-policy", "x-content-type-options", "x-frame-options", "referrer-policy",
              "cross-origin-resource-policy")
    missing = []
    for path in ("/", "/login", "/nowhere", "/api/v1/nodes", "/api/v1/health", "/metrics",
                 "/api/v1/graph/here/router/ping.svg"):
        a = s.ask(path)
        missing += [f"{path} {h}" for h in wanted if h not in a.headers]
        policy = a.headers.get("content-security-policy", "")
        if "default-src 'none'" not in policy or "frame-ancestors 'none'" not in policy:
            missing.append(f"{path} policy")
        if "script" in policy.replace("script-src 'self'", "") or a.headers.get("cache-control") != "no-store":
            missing.append(f"{path} script or cache")
    told(not missing, "every answer carries the fences", missing)
    told("unsafe-inline" not in s.ask("/").headers["content-security-policy"], "no page allows inline anything")


def paths(s):
    for path in ("/../etc/passwd", "/a/../../etc/passwd", "/a/%2e%2e/%2e%2e/etc/passwd", "/node/%00", "/%c0%ae%c0%ae/",
                 "/a/..%2f..%2fetc%2fpasswd", "/node/%ff", "/a?x=1&x=2", "/" + "a/" * 20, "/" + "a" * 3000):
        a = s.ask(path)
        if a.status not in (400, 404, 414) or "root:" in a.text:
            told(False, f"{path[:40]} is refused", a.status)
            return
    told(True, "no path leads out")
    a = s.ask("/api/v1/series/here/..%2F..%2F..%2Fetc/passwd")
    told(a.status == 404 or "null" in a.text or a.status == 200, "a node's name is no path", a.status)
    a = s.ask("/node/nobody%3Cscript%3E")
    told(a.status == 404 and "<script>" not in a.text.split("</head>")[1], "an unknown name is not echoed as markup", a.status)


def escapes(s):
    for path in ("/", "/seen", "/incidents", "/incident/here-2-open", "/node/lan-switch", "/node/bridge-house"):
        a = s.ask(path)
        if "<script>canary" in a.text or "<img src=x" in a.text or "<b>canary" in a.text:
            told(False, f"device text stays text on {path}", a.text[:300])
            return
    told(True, "device text stays text on every page")
    told("asked every 4 min instead of every minute: its answers take 6.2 s" in s.ask("/node/lan-switch").text,
         "a node's page says that it is asked less often, and why")
    if not GRAPHS:
        return
    a = s.ask("/api/v1/graph/here/%3C%2Ftitle%3E%3Cscript%3E/ping.svg")
    told(a.status == 200 and "<script" not in a.text, "device text stays text in graphs")


def seen(s):
    text = s.ask("/seen").text
    first, second = text.find("192.168.1.103"), text.find("192.168.1.104")
    told(0 < first < second, "seen devices stand in the order of their addresses", (first, second))
    told("3c:84:6a:01:02:03" in text and "Google" in text and text.count("first heard") == 2, "with MAC, maker and times")


def methods(s):
    a, h = s.ask("/login"), s.ask("/login", "HEAD")
    told(h.status == 200 and not h.body and h.headers["content-length"] == a.headers["content-length"],
         "HEAD answers as GET without a body", h.headers)
    told(s.ask("/", "DELETE").status == 405 and "allow" in s.ask("/", "DELETE").headers, "other methods are refused")
    told(s.ask("/incident/here-2-open/ack").status == 405, "GET changes nothing")
    style = re.search(r"/a/style-[0-9a-f]+\.css", a.text).group()
    asset = s.ask(style)
    told("immutable" in asset.headers["cache-control"] and b"--accent" in asset.body, "an asset may be kept for ever")
    again = s.ask(style, headers={"If-None-Match": asset.headers["etag"]})
    told(again.status == 304 and not again.body, "a known asset is not sent again", again.status)
    other = s.ask(style, headers={"If-None-Match": '"other"'})
    told(other.status == 200, "another version is")
    packed = s.ask("/", headers={"Accept-Encoding": "gzip"})
    told(packed.headers.get("content-encoding") == "gzip" and b"<main" in gzip.decompress(packed.body)
         and len(packed.body) < 8192, "pages are compressed", len(packed.body))
    pipelined = s.raw((f"GET /login HTTP/1.1\r\nHost: 127.0.0.1:{s.port}\r\n\r\n"
                       f"GET /nowhere HTTP/1.1\r\nHost: 127.0.0.1:{s.port}\r\nConnection: close\r\n\r\n").encode())
    told(pipelined.count(b"HTTP/1.1 ") == 2, "requests in one piece are answered in order", pipelined.count(b"HTTP/1.1 "))


def limits(s):
    body = b"a=" + b"x" * 200000
    a = s.ask("/login", "POST", body=body)
    told(a.status in (413, 0), "a large form is refused", a.status)
    head = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " + b"y" * 100000 + b"\r\n\r\n"
    told(Answer(s.raw(head, True) or b"HTTP/1.1 431 x\r\n\r\n").status in (400, 413, 431), "large headers are refused")
    for raw in (b"GET /\r\n\r\n", b"\x00\x01\x02\r\n\r\n", b"GET / HTTP/1.1\nHost: 127.0.0.1\n\n" * 2,
                b"POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                b"POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
                b"POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -5\r\n\r\n"):
        s.raw(raw, half_close=True)
    told(s.ask("/").status == 200, "nonsense ends its own connection only")


def words(page):
    """What is read of a page, tags aside."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))


def wiring(s):
    page = s.ask("/node/lan-switch").text
    text = words(page)
    told("gi1 router port eth2 · by LLDP" in text, "a port leads to whom LLDP names", text[-1500:])
    told('<a href="/node/barn-cam">barn-cam</a>' in page and "nas heard here" in text, "and to the nodes heard there")
    told(re.search(r"As of \d\d:\d\d , 4 min ago", text), "the tables say how old they are", text[-1500:])
    told(re.search(r"Old: last read at .{5,40}9[5-9] min ago", text), "and what could not be read any more is called old")
    told("more than is kept here" in text, "a table that was cut says so")
    told("20 cameras untagged gi5 to gi7" in text and "1 default untagged gi1 to gi3 tagged gi4 to gi7" in text,
         "VLANs have their ports, tagged and not", text[-1500:])
    told("fault gi6 delivering gi2 (class 4) searching gi1, gi3 to gi5 disabled gi7" in text, "power stands by port")
    shown = len(re.findall(r"<code>3c:84:6a:01:00:..</code>", page))
    told(page.count("<details") == 4 and shown == 64 + 7 + 2 + 1 and "and 16 more" in text,
         "a port's addresses stand in a part that opens, as many as one reads", (page.count("<details"), shown))
    first = re.search(r"80 addresses(.*?)</ul>", page, re.S)
    told(first and words(first[1]).split()[0] == "barn-cam", "known ones first", first and words(first[1])[:80])
    text = words(s.ask("/node/bridge-house").text)
    told("bridge-barn 3c:84:6a:02:00:0b signal -79 dBm warn SNR 12 dB tx rate 39 Mbit/s last heard" in text and
         "3c:84:6a:02:00:0a signal -58 dBm link state main" in text, "stations with how well they are heard", text[-700:])
    told("Where its ports lead" not in text and "VLANs" not in text, "what a node does not tell has no section")
    node = json.loads(s.ask("/api/v1/nodes/lan-switch").text)
    told(len(node["fdb"]) == 90 and node["fdb"][7]["node"] == "barn-cam" and node["tables"]["fdb"]["cut"] and
         node["tables_at"] and [n["name"] for n in node["neighbours"]][:2] == ["router", "bridge-house"] and
         node["ports"][1]["addresses"] == 80 and node["vlans"][1]["untagged"] == ["gi5", "gi6", "gi7"] and
         node["poe"][5]["detection"] == "fault", "the API has all of it", node["tables"])
    bare = json.loads(s.ask("/api/v1/nodes/nas").text)
    told(bare["tables_at"] is None and bare["fdb"] == [] and bare["stations"] == [], "and empty lists where nothing is told")


def networks(s):
    page = s.ask("/network/guest").text
    text = words(page)
    told("VLAN 501, VLAN 502 · last asked" in text, "a network says which VLANs it has, and when they were asked", text)
    told("link ok 120 µs offer failing 12 s control ok 3.01 s audit failing" in text, "its steps stand in a row", text)
    told("offer: silence, nobody answered three times </title>" in text and "audit: lan-switch does not know" in text,
         "with words to those that are not well", text)
    told("nothing of VLAN 502 was ever heard on eth0" in text, "a VLAN without steps says why")
    told("house works" in text and "barn does not work" in text and "shed not checked from here" in text,
         "each site has an answer of its own", text)
    broken = re.findall(r'<li class="row broken">(.*?)</li>', page, re.S)
    told(len(broken) == 1 and "lan-switch gi1 to gi5" in words(broken[0]), "the box where it stops is marked", broken)
    told(page.count('class="graph"') == (4 if GRAPHS else 0), "what was measured is drawn", page.count('class="graph"'))
    told("No stranger hands out addresses" in s.ask("/network/lan").text, "and so is the network we stand in shown")
    told(s.ask("/network/nowhere").status == 404, "but none that is not there")
    page = s.ask("/incident/here-0-stranger").text
    told(page.count('href="/network/guest"') == 2, "an incident leads to its network", page[-1500:])
    known = os.path.exists("/usr/share/ieee-data/oui.txt")
    told(("made by" in page) == known and "10.9.9.1 (3c:84:6a:01:02:03) offers" in page,
         "and says who made a stranger's card, as far as that is known", words(page)[-900:])
    guests = words(re.search(r'id="q3".*?</section>', s.ask("/").text, re.S)[0])
    told("house Yes" in guests and "barn No" in guests and "shed Not checked from here" in guests and "lan" not in guests,
         "the first page asks for guests where there are any", guests)
    both = json.loads(s.ask("/api/v1/networks").text)
    one = json.loads(s.ask("/api/v1/networks/guest").text)
    told([n["name"] for n in both] == ["guest", "lan"] and both[0] == one and one["kind"] == "guest" and
         both[1]["kind"] == "lan" and both[1]["states"][0]["vlan"] is None, "the API has them", both)
    told(one["steps"][1] == {"step": "offer", "vlan": 501, "verdict": "failing", "reason": "silence",
                             "detail": one["steps"][1]["detail"], "ms": 12000} and one["hops"][1]["node"] == "lan-switch"
         and one["sites"][2]["verdict"] == "unknown" and not one["states"][1]["carried"], "with all that is on the page", one)
    told(s.ask("/api/v1/networks/nowhere").status == 404, "and not what is none")
    token = re.search(r'name="csrf" value="([^"]+)"', s.ask("/network/guest").text)[1]
    a = s.ask("/network/guest/probe", "POST", {"Content-Type": "application/x-www-form-urlencoded"},
              f"csrf={token}".encode())
    told(a.status == 303 and a.headers["location"] == "/network/guest", "its button asks and leads back", a.status)
    told(s.ask("/network/guest/probe", "POST").status == 403, "but not without the page's token")
    told(s.ask("/api/v1/networks/guest/probe", "POST", {"X-CSRF-Token": token}).status == 200, "so does the API")


def probe(s):
    path = "/node/lan-switch/probe"
    told(s.ask(path).status == 405 and s.ask(path, "POST").status == 403, "nobody reads tables anew without the page's token")
    token = re.search(r'name="csrf" value="([^"]+)"', s.ask("/node/lan-switch").text)[1]
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    a = s.ask(path, "POST", form, f"csrf={token}".encode())
    told(a.status == 303 and a.headers["location"] == "/node/lan-switch", "the button leads back to the node", a.status)
    told(s.ask("/node/nobody/probe", "POST", form, f"csrf={token}".encode()).status == 404, "a node that is none is not read")
    a = s.ask("/api/v1/nodes/lan-switch/probe", "POST", {"X-CSRF-Token": token})
    told(a.status == 200 and json.loads(a.text) == {"ok": True, "text": "up"}, "so does the API", a.text)


def change(s):
    cross = {"Content-Type": "application/x-www-form-urlencoded"}
    told(s.ask("/incident/here-2-open/ack", "POST", cross).status == 403, "no change without the page's token")
    page = s.ask("/incident/here-2-open").text
    token = re.search(r'name="csrf" value="([^"]+)"', page)
    if not token:
        told(False, "an incident has a button", page)
        return
    token = token.group(1)
    form = f"csrf={token}".encode()
    for name, extra in (("another origin", {"Origin": "http://evil.example"}), ("origin null", {"Origin": "null"}),
                        ("a cross-site fetch", {"Sec-Fetch-Site": "cross-site"})):
        a = s.ask("/incident/here-2-open/ack", "POST", {**cross, **extra}, form)
        told(a.status == 403, f"no change for {name}", a.status)
    told(s.ask("/incident/nope/ack", "POST", cross, form).status == 409, "an incident that is none cannot be acknowledged")
    a = s.ask("/incident/here-2-open/ack", "POST", {**cross, "Origin": f"http://127.0.0.1:{s.port}"}, form)
    told(a.status == 303 and a.headers["location"] == "/incident/here-2-open?noted=1", "the page's own button works", a.status)
    told("cknowledged by" in s.ask("/incident/here-2-open").text, "and is seen")
    a = s.ask("/api/v1/incidents/here-2-open/ack", "POST", {"X-CSRF-Token": token})
    told(a.status == 409 and "already" in a.text, "twice is said", a.text)


def sign_in(s):
    told(s.ask("/").status == 303 and s.ask("/").headers["location"].startswith("/login"), "a stranger is sent to sign in")
    told(s.ask("/api/v1/nodes").status == 401 and "barn" not in s.ask("/api/v1/nodes").text, "a stranger's program is refused")
    told(s.ask("/api/v1/events").status == 401, "a stranger hears no events")
    told(s.ask("/api/v1/health").status == 200, "whether it lives may be asked by all")
    told(s.ask("/metrics").status == 200, "numbers may be asked from this machine")
    told('node_up{node="new-printer"}' not in s.ask("/metrics").text, "a node nobody knows of is not told as down")
    told(s.ask("/metrics", headers={"X-Forwarded-For": "203.0.113.5"}).status == 401, "but not through a proxy on it")
    bad = s.ask("/login", "POST", body=b"user=admin&password=wrong")
    told(bad.status == 403 and "set-cookie" not in bad.headers and "do not fit" in bad.text, "a wrong password is said")
    told("Too many tries" in s.ask("/login", "POST", body=b"user=hammer&password=x").text, "waiting is said")
    told(s.ask("/login", "POST", {"Origin": "http://evil.example"}, b"user=admin&password=secret").status == 403,
         "another site cannot sign in")
    good = s.ask("/login", "POST", body=b"user=admin&password=secret&to=%2Fseen")
    cookie = good.headers.get("set-cookie", "")
    told(good.status == 303 and good.headers["location"] == "/seen", "signing in leads to where one wanted", good.status)
    told("HttpOnly" in cookie and "SameSite=Strict" in cookie and "Path=/" in cookie, "the cookie is fenced", cookie)
    away = s.ask("/login", "POST", body=b"user=admin&password=secret&to=%2F%2Fevil.example%2F")
    told(away.headers.get("location") == "/", "never to another place", away.headers.get("location"))
    mine = {"Cookie": cookie.split(";")[0]}
    page = s.ask("/", headers=mine)
    told(page.status == 200 and "Sign out" in page.text, "with the cookie all is seen")
    told(s.ask("/", headers={"Cookie": "hayloft=ffffffffffffffff"}).status == 303, "a made-up cookie opens nothing")
    token = re.search(r'name="csrf" value="([^"]+)"', page.text).group(1)
    out = s.ask("/logout", "POST", mine, f"csrf={token}".encode())
    told(out.status == 303 and "Max-Age=0" in out.headers.get("set-cookie", ""), "signing out takes the cookie away")


def vantages(s):
    def report(name, token, body=b"HLV1", path="records", headers=None):
        bearer = {"Authorization": f"Bearer {token}"} if token is not None else {}
        return s.ask(f"/api/v1/vantages/{name}/{path}", "POST", {**bearer, **(headers or {})}, body)
    right = "0123456789abcdef-barn"
    a = report("barn", right)
    told(a.status == 200 and json.loads(a.text) == {"taken": True, "clock_ahead_s": 2.5}, "a report with its token is taken", a.text)
    refused = [report("barn", token) for token in (None, "", "0123456789abcdef-bar", right + "x", "0123456789abcdef-stable",
                                                   right.upper())]
    refused += [report("loft", right), report("loft", ""), report("stable", right), report("here", right)]
    told({a.status for a in refused} == {401} and len({a.text for a in refused}) == 1,
         "every wrong token gets the same answer, and so does a vantage that is none", [(a.status, a.text) for a in refused])
    told(report("barn", None, headers={"Authorization": f"Basic {right}"}).status == 401, "the token is a bearer's")
    told(s.ask(f"/api/v1/vantages/barn/records?token={right}", "POST").status == 401, "and stands in no address")
    told(report("barn", right, headers={"Host": "evil.example"}).status == 421, "a token opens no foreign name")
    told(report("barn", right, b"\0\1" * 30000).status == 200, "a report may be 60,000 bytes long, of any bytes")
    told(report("barn", right, b"x" * 60001).status == 413, "and no longer")
    told(report("barn", "wrong", b"x" * 60000).status in (401, 0), "without the token nothing long is read")
    told(s.ask("/api/v1/vantages/barn/records").status == 405, "reports cannot be asked for")
    told(report("barn", right, b"malformed").status == 400, "what is no report is said to be none")
    busy = report("barn", right, b"busy")
    told(busy.status == 503 and busy.headers.get("retry-after") == "2", "a busy store says when to come again", busy.headers)
    clock = report("barn", right, b"clock")
    told(clock.status == 409 and json.loads(clock.text) == {"error": "as the fixture says"}, "a wrong clock is a conflict, with its reason")
    known = json.loads(s.ask("/api/v1/vantages").text)
    told([v["name"] for v in known] == ["barn", "stable"] and known[0]["clock_ahead_s"] == -90 and known[0]["reported"] and
         known[0]["behind"] and not known[0]["whole"] and known[0]["nodes"][1] == {"name": "bridge-barn", "state": "down", "since": None}
         and known[1]["missed"] and known[1]["clock_ahead_s"] is None, "vantages are told with what they see", known)
    text = words(s.ask("/health").text)
    told("barn reports last" in text and "its clock is 90 s behind" in text.replace("1 min 30 s", "90 s")
         and "tells what it measured from" in text and "stable does not report last" in text, "the health page tells of them", text[-500:])
    page = s.ask("/node/barn-cam").text
    told("Seen from elsewhere" in page and "barn up since" in words(page) and
         (not GRAPHS or "/api/v1/graph/barn/barn-cam/ping.svg" in page), "a node's page tells how others see it", words(page)[-500:])
    node = json.loads(s.ask("/api/v1/nodes/barn-cam").text)
    told(node["seen_from"][0]["vantage"] == "barn" and node["seen_from"][0]["state"] == "up" and node["state"] != "up"
         and json.loads(s.ask("/api/v1/nodes/nas").text)["seen_from"] == [], "and so does its document", node["seen_from"])
    told(s.ask("/api/v1/nodes", headers={"Authorization": f"Bearer {right}"}).status in (200, 401) and
         s.ask("/incident/here-2-open/ack", "POST", {"Authorization": f"Bearer {right}"}).status == 403,
         "the token changes nothing else")


def events(s):
    def listen():
        c = s.connect()
        c.sendall(f"GET /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1:{s.port}\r\n\r\n".encode())
        return c
    first = listen()
    text = b""
    while b"event: hello" not in text:
        part = first.recv(4096)
        if not part:
            break
        text += part
    told(b"text/event-stream" in text and b"event: hello" in text, "a listener is greeted", text)
    many = [listen() for _ in range(8)]
    time.sleep(0.2)
    last = many[-1].recv(4096)
    told(b" 503 " in last.split(b"\r\n")[0], "listeners of one address are counted", last[:80])
    page = s.ask("/incident/here-2-open").text
    token = re.search(r'name="csrf" value="([^"]+)"', page)
    if token:
        s.ask("/incident/here-2-open/ack", "POST", {}, f"csrf={token.group(1)}".encode())
        text = b""
        end = time.monotonic() + DEADLINE_S
        while b"event: change" not in text and time.monotonic() < end:
            text += first.recv(4096)
        told(b"event: change" in text, "a change is told", text)
    for c in (first, *many):
        c.close()
    fresh = listen()
    told(b" 200 " in fresh.recv(4096).split(b"\r\n")[0], "a listener that left makes room at once")
    fresh.close()
    told(s.ask("/").status == 200, "listeners that leave leave nothing behind")


def drip(s):
    """A request that never ends, a byte at a time: ended after ten seconds, and nobody else waits."""
    slow = s.connect()
    began = time.monotonic()
    slow.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ")
    ended = None
    while time.monotonic() - began < 20:
        try:
            slow.sendall(b"x")
            slow.settimeout(0.5)
            if slow.recv(100) == b"":
                ended = time.monotonic() - began
                break
        except socket.timeout:
            continue
        except OSError:
            ended = time.monotonic() - began
            break
    slow.close()
    told(ended is not None and 8 < ended < 14, "a dripping request is ended", ended)
    crowd = [s.connect() for _ in range(200)]
    began = time.monotonic()
    status = s.ask("/").status
    told(status == 200 and time.monotonic() - began < 2, "200 silent connections keep nobody waiting", status)
    for c in crowd:
        c.close()


def graphs(s):
    a = s.ask("/api/v1/graph/here/router/ping.svg?from=-86400&width=99999999&height=-5&points=1000000000")
    told(a.status == 200 and 'viewBox="0 0 1600 80"' in a.text, "sizes are clamped", a.text[:100])
    for query in ("from=x", "from=-99999999999", "to=2020-01-01T00:00:00Z&from=2021-01-01T00:00:00Z", "from=nan"):
        told(s.ask(f"/api/v1/series/here/router/ping?{query}").status == 400, f"{query} is refused")
    told(s.ask("/api/v1/graph/here/router/ping.exe").status == 404, "other endings are refused")
    a = s.ask("/api/v1/series/here/router/ping?points=5")
    told(a.status == 200 and a.text.count("[\"20") == 5, "points are given as asked", a.text[:200])
    a = s.ask("/api/v1/graph/here/new-printer/ping.svg")
    told(a.status == 200 and "no measurements" in a.text, "a node without data yet has a graph that says so")


def no_graphs(s):
    began = time.monotonic()
    for path in ("graph/here/router/ping.svg", "graph/here/router/ping.png", "series/here/router/ping"):
        a = s.ask(f"/api/v1/{path}")
        told(a.status == 404 and "built without graphs" in a.text, f"{path} says that there are none", a.text[:200])
    told(time.monotonic() - began < 2, "and says so at once", time.monotonic() - began)
    a = s.ask("/node/router")
    told(a.status == 200 and "router" in a.text and "/api/v1/graph" not in a.text and 'id="graphs"' not in a.text,
         "the page of a node has no place for them", a.text[:200])


def run(parts, *extra):
    s = Service(*extra)
    try:
        for part in parts:
            part(s)
    finally:
        s.stop()


run([hosts, headers, paths, escapes, seen, wiring, networks, probe, methods, limits, graphs if GRAPHS else no_graphs, vantages,
     change])
run([events])
run([sign_in], "users")
run([drip])
print(f"1..{len(results)}")
sys.exit(0 if all(results) else 1)
