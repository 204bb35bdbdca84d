#!/usr/bin/env python3
"""A place webhooks go to, on loopback or one address of a lab: each accepted POST is one line of JSON in
the delivery log. The path decides how it behaves:

  /status/503[?after=7]   that status, with Retry-After
  /redirect               302 to another host
  /hang                   reads the request, never answers
  /drip                   one byte of header a second
  /reset                  resets the connection after the request
  /huge                   200, then a gigabyte of body
  /silent-body            200 and headers, then nothing
  /flaky/N                503 for the first N tries of a key, then accepted
  anything else           accepted
"""
import argparse
import json
import socket
import ssl
import struct
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

HANG_S = 120
HUGE_BYTES = 1 << 30
tries = {}
log_lock = threading.Lock()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def answer(self, status, headers=(), body=b"ok"):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def accept(self, body):
        key = self.headers.get("X-Hayloft-Key", "")
        text = body.decode("utf-8", "replace")
        try:
            document = json.loads(text)
        except ValueError:
            document = None
        line = {"time": time.time(), "key": key, "path": self.path, "body": text,
                "message": document.get("message") if isinstance(document, dict) else None,
                "subject": self.headers.get("Title"), "headers": self.headers.items()}
        with log_lock, open(self.server.log_path, "a", encoding="utf-8") as log:
            log.write(json.dumps(line) + "\n")
        time.sleep(self.server.think_s)
        self.answer(200)

    def misbehave(self, kind):
        self.close_connection = True
        if kind == "hang":
            time.sleep(HANG_S)
        elif kind == "reset":
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        elif kind == "drip":
            for byte in b"HTTP/1.1 200 OK\r\nX-Slow: yes\r\n" * 10:
                self.wfile.write(bytes([byte]))
                time.sleep(1)
        elif kind == "huge":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % HUGE_BYTES)
            for _ in range(HUGE_BYTES >> 20):
                self.wfile.write(b"x" * (1 << 20))
        elif kind == "silent-body":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n")
            time.sleep(HANG_S)

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        url = urlsplit(self.path)
        parts = url.path.strip("/").split("/")
        kind = parts[0]
        if kind == "status":
            after = parse_qs(url.query).get("after")
            self.answer(int(parts[1]), [("Retry-After", after[0])] if after else [])
        elif kind == "redirect":
            self.answer(302, [("Location", "http://127.0.0.2:9/")])
        elif kind == "flaky":
            key = self.headers.get("X-Hayloft-Key", "")
            tries[key] = tries.get(key, 0) + 1
            self.accept(body) if tries[key] > int(parts[1]) else self.answer(503)
        elif kind in ("hang", "reset", "drip", "huge", "silent-body"):
            try:
                self.misbehave(kind)
            except OSError:
                pass
        else:
            self.accept(body)

    def do_GET(self):
        if self.path.startswith("/hang"):
            time.sleep(HANG_S)
        elif self.path.startswith("/status/"):
            self.answer(int(self.path.split("/")[2]))
        elif self.path.startswith("/big"):
            self.answer(200, body=b"b" * 100000)
        else:
            self.answer(200, body=b"hello from the sink")


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request, client_address):
        pass


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--listen", default="127.0.0.1")
    p.add_argument("--port", type=int, default=0)
    p.add_argument("--log", required=True)
    p.add_argument("--think", type=float, default=0, help="seconds between keeping a POST and saying so")
    p.add_argument("--certificate")
    p.add_argument("--key")
    a = p.parse_args()
    server = Server((a.listen, a.port), Handler)
    server.log_path, server.think_s = a.log, a.think
    if a.certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(a.certificate, a.key)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    print(server.server_address[1], flush=True)
    sys.stdout.close()
    server.serve_forever()


main()
