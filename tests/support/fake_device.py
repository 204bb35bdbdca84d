#!/usr/bin/env python3
"""A device with a web interface of its own, made from public knowledge of its answers: --kind asus, airos8,
airos6 or ubus. Each request is one line of JSON in the log, without what was sent. --mode is how it misbehaves
once somebody is logged in:

  ok          not at all
  expire      forgets each session after --uses pages of it
  denied      lets in, and then asks for a login again all the time
  truncated   half of the JSON
  huge        10 MB of JSON
  drip        one byte of body in a while
  hang        takes the request and never answers
  html        200 and a page for people
  redirect    302 to somewhere else
  error       500
  lock        lets nobody in
  strange     JSON, but of another shape
"""
import argparse
import base64
import email.parser
import email.policy
import json
import secrets
import ssl
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

HANG_S = 120
LOGIN_PAGE = b"<!DOCTYPE html><html><head><title>Login</title></head><body><form><input type=password></form></html>"
log_lock = threading.Lock()


def mesh_node(alias, mac, level, online="1", **more):
    node = {"alias": alias, "model_name": "RT-AX92U", "ui_model_name": "RT-AX92U", "fwver": "3.0.0.4.388_22525-g1",
            "newfwver": "", "ip": "192.168.50.%d" % (level + 1), "mac": mac, "online": online, "ap2g": mac,
            "ap5g": mac, "ap5g1": "", "apdwb": "", "wired_mac": [], "pap2g": "", "rssi2g": "", "pap5g": "",
            "rssi5g": "", "level": str(level), "re_path": "0", "config": {}, "sta2g": "", "sta5g": ""}
    node.update(more)
    return node


MESH = {"get_cfg_clientlist": [
    mesh_node("house", "04:D4:C4:00:00:01", 0),
    mesh_node("barn", "04:D4:C4:00:00:02", 1, pap5g="04:D4:C4:00:00:01", rssi5g="-67"),
    mesh_node("shed", "04:D4:C4:00:00:03", 1),
    mesh_node("stable", "04:D4:C4:00:00:04", 1, online="0", pap5g="04:D4:C4:00:00:01", rssi5g="0")]}

ALL_CLIENTS = {"get_allclientlist": {
    "04:D4:C4:00:00:01": {
        "2G": {"3C:84:6A:00:00:01": {"ip": "192.168.50.11", "rssi": "-48"},
               "3C:84:6A:00:00:02": {"ip": "192.168.50.12", "rssi": "-71"}},
        "2G_1": {"3C:84:6A:00:00:03": {"ip": "192.168.101.13", "rssi": "-60"}},
        "5G": {"3C:84:6A:00:00:04": {"ip": "192.168.50.14", "rssi": "-52"}},
        "5G1": {"3C:84:6A:00:00:05": {"ip": "192.168.50.15", "rssi": "-80"}},
        "wired_mac": {"3C:84:6A:00:00:06": {"ip": "192.168.50.16"}, "3C:84:6A:00:00:07": {"ip": "192.168.50.17"}}},
    "04:D4:C4:00:00:02": {
        "5G": {"3C:84:6A:00:00:07": {"ip": "192.168.50.17", "rssi": "0"}},
        "6G": {"3C:84:6A:00:00:08": {"ip": "192.168.50.18", "rssi": "-66"}}},
    "04:D4:C4:00:00:03": []}}

AIROS6 = {
    "host": {"uptime": 148479, "fwversion": "v6.3.16", "hostname": "barn", "devmodel": "NanoStation M5 ",
             "netrole": "bridge", "totalram": 63627264, "freeram": 42516480, "cpuload": 24.0},
    "wireless": {"mode": "sta", "essid": "hay", "channel": 36, "frequency": "5180 MHz", "signal": -64, "rssi": 32,
                 "noisef": -99, "txpower": 24, "distance": 750, "ccq": 991, "txrate": "270", "rxrate": "216",
                 "count": 1, "chanbw": 40, "polling": {"enabled": 2, "quality": 87, "capacity": 72}}}

AIROS8 = {
    "host": {"uptime": 81655, "fwversion": "v8.7.18", "hostname": "house", "devmodel": "LiteAP GPS",
             "totalram": 63447040, "freeram": 13541376, "temperature": 0, "cpuload": 59.5},
    "wireless": {"essid": "hay", "mode": "ap-ptmp", "frequency": 5680, "noisef": -92, "txpower": -1,
                 "distance": 300, "chanbw": 40, "count": 1, "polling": {"use": 266},
                 "sta": [{"mac": "00:11:22:33:2E:05", "signal": -51, "noisefloor": -92, "uptime": 81581,
                          "airmax": {"dl_capacity": 342000, "ul_capacity": 345600},
                          "remote": {"hostname": "barn", "signal": -53}}]}}


class Device:
    """Sessions and logins are the same for all; a kind says how they are written."""

    def __init__(self, a):
        self.a, self.uses = a, {}

    def is_right(self, user, password):
        return (user, password) == (self.a.user, self.a.password)

    def begin(self):
        token = secrets.token_hex(16)
        self.uses[token] = 0
        return token

    def use(self, token):
        if self.a.mode == "denied" or token not in self.uses:
            return False
        self.uses[token] += 1
        if self.a.mode == "expire" and self.uses[token] > self.a.uses:
            del self.uses[token]
            return False
        return True


def cookie_of(h, name):
    for part in (h.headers.get("Cookie") or "").split(";"):
        key, _, value = part.strip().partition("=")
        if key == name:
            return value
    return ""


def asus(h, d, body):
    form = {k: v[0] for k, v in parse_qs(body.decode()).items()}
    if "asusrouter" not in h.headers.get("User-Agent", ""):
        return h.page(200, LOGIN_PAGE)
    if h.path == "/login.cgi":
        user, _, password = base64.b64decode(form.get("login_authorization", "")).decode().partition(":")
        if d.a.mode == "lock":
            return h.json({"error_status": "7", "remaining_lock_time": "300"})
        if not d.is_right(user, password):
            return h.json({"error_status": "3"})
        token = d.begin()
        return h.json({"asus_token": token}, [("Set-Cookie", "asus_token=%s; HttpOnly;" % token)])
    if h.path != "/appGet.cgi":
        return h.page(404)
    if not d.use(cookie_of(h, "asus_token")):
        return h.json({"error_status": "2"})
    if form.get("hook") == "get_cfg_clientlist()":
        return h.data(MESH)
    if form.get("hook") == "get_allclientlist()":
        return h.data(ALL_CLIENTS)
    return h.data({"productid": "RT-AX92U", "firmver": "3.0.0.4", "buildno": "388", "extendno": "22525-g1"})


def airos8(h, d, body):
    if h.path == "/api/auth":
        asked = json.loads(body)
        if d.a.mode == "lock" or not d.is_right(asked.get("username"), asked.get("password")):
            return h.page(403, b"{}")
        token = d.begin()
        return h.json({"boardinfo": {}}, [("X-CSRF-ID", "1"), ("Set-Cookie", "AIROS_ABC=%s; Path=/" % token)])
    if h.path != "/status.cgi":
        return h.page(404)
    if not d.use(cookie_of(h, "AIROS_ABC")):
        return h.page(403, b"{}")
    return h.data(AIROS8)


def airos6(h, d, body):
    if h.path == "/login.cgi" and h.command == "GET":
        return h.page(200, LOGIN_PAGE, [("Set-Cookie", "AIROS_SESSIONID=%s; Path=/" % secrets.token_hex(16))])
    if h.path == "/login.cgi":
        kind = h.headers.get("Content-Type", "")
        whole = b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body
        parts = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(whole)
        form = {p.get_param("name", header="Content-Disposition"): p.get_content().strip()
                for p in parts.iter_parts()} if kind.startswith("multipart/") else {}
        if not d.is_right(form.get("username"), form.get("password")) or not cookie_of(h, "AIROS_SESSIONID"):
            return h.page(200, LOGIN_PAGE)
        d.uses[cookie_of(h, "AIROS_SESSIONID")] = 0
        return h.page(302, b"", [("Location", form.get("uri", "/index.cgi"))])
    if h.path != "/status.cgi":
        return h.page(404)
    if not d.use(cookie_of(h, "AIROS_SESSIONID")):
        return h.page(302, b"", [("Location", "/login.cgi?uri=/status.cgi")])
    return h.data(AIROS6)


UBUS = {
    ("system", "board"): {"kernel": "5.15.150", "hostname": "barn", "model": "TP-Link Archer C7 v5",
                          "release": {"distribution": "OpenWrt", "version": "23.05.3"}},
    ("system", "info"): {"uptime": 7200, "load": [32768, 16384, 0],
                         "memory": {"total": 128000000, "available": 64000000}, "root": {"total": 1000, "used": 250}},
    ("network.device", "status"): {"br-lan": {"up": True, "carrier": True, "speed": "1000F",
                                              "statistics": {"rx_bytes": 0, "tx_bytes": 5000}},
                                   "wan": {"up": True, "carrier": False, "speed": "-1F"}},
    ("iwinfo", "devices"): {"devices": ["phy0-ap0", "phy1-sta0"]},
}
RADIOS = {"phy0-ap0": {"mode": "Master", "signal": -60, "noise": -95, "frequency": 2437, "txpower": 20},
          "phy1-sta0": {"mode": "Client", "signal": -71, "noise": -96, "frequency": 5180, "txpower": 23}}
STATIONS = {"phy0-ap0": [{"mac": "3C:84:6A:01:02:03", "signal": -60}, {"mac": "3C:84:6A:01:02:04", "signal": -74}],
            "phy1-sta0": []}


def ubus(h, d, body):
    call = json.loads(body)
    session, thing, method, arguments = call["params"]
    answer = {"jsonrpc": "2.0", "id": call["id"]}
    if h.path != "/ubus":
        return h.page(404)
    if (thing, method) == ("session", "login"):
        if not d.is_right(arguments["username"], arguments["password"]):
            return h.json({**answer, "result": [6]})
        return h.json({**answer, "result": [0, {"ubus_rpc_session": d.begin(), "timeout": 300}]})
    if not d.use(session):
        return h.json({**answer, "error": {"code": -32002, "message": "Access denied"}})
    if thing == "iwinfo" and method != "devices":
        found = RADIOS.get(arguments["device"]) if method == "info" else {"results": STATIONS[arguments["device"]]}
    else:
        found = UBUS.get((thing, method))
    if thing == "network.device":
        found["br-lan"]["statistics"]["rx_bytes"] += 1000000
    return h.data({**answer, "result": [0, found] if found is not None else [4]})


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def page(self, status, body=b"", headers=()):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def json(self, document, headers=()):
        self.page(200, json.dumps(document).encode(), headers)

    def data(self, document):
        """A page of figures: here it misbehaves."""
        text, mode = json.dumps(document).encode(), self.server.device.a.mode
        self.close_connection = mode not in ("ok", "expire")
        if mode == "truncated":
            self.page(200, text[:len(text) // 2])
        elif mode == "huge":
            self.page(200, b'{"x":"' + b"x" * 10000000 + b'"}')
        elif mode == "drip":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(text))
            for i in range(len(text)):
                self.wfile.write(text[i:i + 1])
                time.sleep(0.05)
        elif mode == "hang":
            time.sleep(HANG_S)
        elif mode == "html":
            self.page(200, LOGIN_PAGE)
        elif mode == "redirect":
            self.page(302, b"", [("Location", "https://elsewhere.example/")])
        elif mode == "error":
            self.page(500)
        elif mode == "strange":
            self.json([{"get_cfg_clientlist": 7}, [[[]]], None])
        else:
            self.page(200, text)

    def serve(self):
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(length)
        with log_lock, open(self.server.log_path, "a", encoding="utf-8") as log:
            log.write(json.dumps({"method": self.command, "path": self.path}) + "\n")
        try:
            {"asus": asus, "airos8": airos8, "airos6": airos6, "ubus": ubus}[self.server.device.a.kind](
                self, self.server.device, body)
        except OSError:
            self.close_connection = True

    do_GET = do_POST = serve


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request, client_address):
        pass


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--log", required=True)
    p.add_argument("--kind", required=True, choices=["asus", "airos8", "airos6", "ubus"])
    p.add_argument("--mode", default="ok")
    p.add_argument("--uses", type=int, default=1, help="pages of a session before it expires")
    p.add_argument("--user", default="farmer")
    p.add_argument("--password", default='hay "&+% stack')
    p.add_argument("--listen", default="127.0.0.1")
    p.add_argument("--port", type=int, default=0)
    p.add_argument("--certificate")
    p.add_argument("--key")
    a = p.parse_args()
    server = Server((a.listen, a.port), Handler)
    server.log_path, server.device = a.log, Device(a)
    if a.certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(a.certificate, a.key)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    print(server.server_address[1], flush=True)
    sys.stdout.close()
    server.serve_forever()


main()
