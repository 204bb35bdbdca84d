#!/usr/bin/env python3
"""The Internet of the lab: a plain page with a known body, and a listener on 443 of each anchor."""
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ANCHORS = ("203.0.113.1", "203.0.113.2", "203.0.113.3")
BODY = b"the internet is here\n"


class Page(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", str(len(BODY)))
        self.end_headers()
        self.wfile.write(BODY)


def listen(address):
    server = socket.create_server((address, 443))
    while True:
        server.accept()[0].close()


for anchor in ANCHORS:
    threading.Thread(target=listen, args=(anchor,), daemon=True).start()
ThreadingHTTPServer((ANCHORS[0], 80), Page).serve_forever()
