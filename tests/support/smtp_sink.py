#!/usr/bin/env python3
"""A mail server that keeps what it is given: each accepted mail is one line of JSON in the delivery log.

  --tls starttls|implicit|none|refused|broken
        refused: STARTTLS is offered and answered 454; broken: answered 220, then garbage
  --fault hang:VERB | reset:VERB     at BANNER EHLO STARTTLS MAIL RCPT DATA DOT
  --login USER:PASSWORD              AUTH PLAIN is demanded

The recipient decides too: refuse@ gets 550, grey-N@ gets 451 for its first N tries, data-refuse@ gets
554 after the text, anything else is accepted.
"""
import argparse
import base64
import email
import email.policy
import json
import re
import socket
import socketserver
import ssl
import struct
import sys
import threading
import time

HANG_S = 120
tries = {}
log_lock = threading.Lock()


class Gone(Exception):
    pass


class Session(socketserver.StreamRequestHandler):
    def say(self, line):
        self.wfile.write(line.encode() + b"\r\n")

    def fault(self, verb):
        kind, _, at = (self.server.options.fault or "").partition(":")
        if at != verb:
            return
        if kind == "hang":
            time.sleep(HANG_S)
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        raise Gone

    def start_tls(self):
        mode = self.server.options.tls
        if mode == "refused":
            self.say("454 4.7.0 TLS not available")
            return
        self.say("220 go ahead")
        if mode == "broken":
            self.wfile.write(b"this is no TLS record at all\r\n" * 4)
            raise Gone
        self.connection = self.server.context.wrap_socket(self.connection, server_side=True)
        self.rfile = self.connection.makefile("rb", 0)
        self.wfile = self.connection.makefile("wb", 0)
        self.encrypted = True

    def recipient(self, address):
        name = address.split("@")[0]
        grey = re.fullmatch(r"grey-(\d+)", name)
        if name == "refuse":
            self.say("550 5.1.1 no such user here")
            return
        if grey:
            tries[address] = tries.get(address, 0) + 1
            if tries[address] <= int(grey.group(1)):
                self.say("451 4.7.1 greylisted, come back later")
                return
        self.to.append(address)
        self.say("250 2.1.5 ok")

    def keep(self, raw):
        m = email.message_from_bytes(raw, policy=email.policy.default)
        line = {"time": time.time(), "key": m["X-Hayloft-Key"], "message_id": m["Message-ID"],
                "message": m["X-Hayloft-Message"],
                "subject": m["Subject"], "date": m["Date"], "from": self.sender, "to": self.to,
                "encrypted": self.encrypted, "login": self.login, "body": m.get_content(),
                "headers": [name for name, _ in m.raw_items()], "raw": raw.decode("latin-1")}
        with log_lock, open(self.server.options.log, "a", encoding="utf-8") as log:
            log.write(json.dumps(line) + "\n")

    def data(self):
        if not self.to:
            self.say("503 5.5.1 no recipients")
            return
        self.say("354 end with a dot")
        lines = []
        while True:
            line = self.rfile.readline()
            if not line:
                raise Gone
            if line == b".\r\n":
                break
            lines.append(line[1:] if line.startswith(b".") else line)
        self.fault("DOT")
        if any(address.startswith("data-refuse@") for address in self.to):
            self.say("554 5.6.0 not wanted")
            return
        self.keep(b"".join(lines))
        time.sleep(self.server.options.think)
        self.say("250 2.0.0 kept")

    def auth(self, argument):
        kind, _, initial = argument.partition(" ")
        if kind.upper() != "PLAIN":
            self.say("504 5.5.4 only PLAIN")
            return
        if not initial:
            self.say("334 ")
            initial = self.rfile.readline().decode("latin-1").strip()
        _, user, password = base64.b64decode(initial).decode().split("\0")
        if self.server.options.login == f"{user}:{password}":
            self.login = user
            self.say("235 2.7.0 welcome")
        else:
            self.say("535 5.7.8 wrong user or password")

    def greet(self):
        o = self.server.options
        self.wfile.write(b"250-sink\r\n")
        if o.tls in ("starttls", "refused", "broken") and not self.encrypted:
            self.wfile.write(b"250-STARTTLS\r\n")
        if o.login and (self.encrypted or o.tls == "none"):
            self.wfile.write(b"250-AUTH PLAIN\r\n")
        self.wfile.write(b"250 8BITMIME\r\n")

    def turn(self, line):
        verb, _, rest = line.partition(" ")
        verb = verb.upper()
        self.fault(verb)
        if verb in ("EHLO", "HELO"):
            self.greet()
        elif verb == "STARTTLS":
            self.start_tls()
        elif verb == "AUTH":
            self.auth(rest)
        elif verb == "MAIL":
            if self.server.options.login and not self.login:
                self.say("530 5.7.0 log in first")
                return True
            self.sender, self.to = re.search(r"<(.*?)>", rest).group(1), []
            self.say("250 2.1.0 ok")
        elif verb == "RCPT":
            self.recipient(re.search(r"<(.*?)>", rest).group(1))
        elif verb == "DATA":
            self.data()
        elif verb == "QUIT":
            self.say("221 bye")
            return False
        else:
            self.say("250 ok" if verb in ("RSET", "NOOP") else "500 5.5.1 what?")
        return True

    def handle(self):
        self.encrypted, self.login, self.sender, self.to = False, None, None, []
        try:
            if self.server.options.tls == "implicit":
                self.connection = self.server.context.wrap_socket(self.connection, server_side=True)
                self.rfile = self.connection.makefile("rb", 0)
                self.wfile = self.connection.makefile("wb", 0)
                self.encrypted = True
            self.fault("BANNER")
            self.say("220 sink ESMTP")
            while True:
                line = self.rfile.readline(4096)
                if not line or not self.turn(line.decode("latin-1").strip()):
                    return
        except (OSError, Gone):
            pass


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64

    def handle_error(self, request, client_address):
        pass


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--listen", default="127.0.0.1")
    p.add_argument("--port", type=int, default=0)
    p.add_argument("--log", required=True)
    p.add_argument("--tls", default="none")
    p.add_argument("--fault")
    p.add_argument("--think", type=float, default=0, help="seconds between keeping a mail and saying so")
    p.add_argument("--login")
    p.add_argument("--certificate")
    p.add_argument("--key")
    options = p.parse_args()
    server = Server((options.listen, options.port), Session)
    server.options = options
    if options.certificate:
        server.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.context.load_cert_chain(options.certificate, options.key)
    print(server.server_address[1], flush=True)
    sys.stdout.close()
    server.serve_forever()


main()
