"""A daemon over loopback for tests of the command line: its folder, its configuration, and how to ask it."""
import json
import pathlib
import socket
import subprocess
import time

DEADLINE_S = 30


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


class House:
    """A folder with a configuration, its state, and the daemon over it."""

    def __init__(self, build, folder):
        self.build = build
        self.folder = pathlib.Path(folder)
        self.config = self.folder / 'home.yaml'
        self.port = free_port()
        self.daemon = None
        self.write({'lo': '127.0.0.1', 'two': '127.0.0.2'})

    def write(self, nodes, extra=''):
        lines = [f'  {name}: {{address: {address}, ping: {{interval: 2s, count: 2}}, arp: off}}\n'
                 for name, address in nodes.items()]
        self.config.write_text(f'state: {self.folder}/state\nsite: Test\ninternet: off\nlan: off\n'
                               f'web: {{listen: "127.0.0.1:{self.port}"}}\n'
                               f'receivers: {{sink: {{exec: [/bin/true], local: yes}}}}\n'
                               f'nodes:\n{"".join(lines)}{extra}')

    def start(self):
        log = open(self.folder / 'log', 'a')
        self.daemon = subprocess.Popen([self.build / 'hayloftd', '-d', '--config', self.config], stdout=log,
                                       stderr=log, stdin=subprocess.DEVNULL)
        return self.wait_for(lambda: self.ask('status', '--json').returncode in (0, 1, 2))

    def stop(self):
        if self.daemon:
            self.daemon.terminate()
            self.daemon.wait(timeout=DEADLINE_S)
            self.daemon = None

    def ask(self, *args, stdin=''):
        return subprocess.run([self.build / 'hayloft', *args, '--config', self.config], capture_output=True,
                              text=True, input=stdin, timeout=90)

    def document(self, *args):
        r = self.ask(*args, '--json')
        try:
            return json.loads(r.stdout), r
        except ValueError:
            return None, r

    def wait_for(self, condition):
        end = time.monotonic() + DEADLINE_S
        while time.monotonic() < end:
            if condition():
                return True
            time.sleep(0.1)
        return False
