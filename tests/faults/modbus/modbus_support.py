"""lib/modbus's engine under a test's command, and servers that behave as badly as the test says."""

import json
import os
import pathlib
import queue
import socket
import struct
import subprocess
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[3]
BUILD = pathlib.Path(os.environ.get("LABTAB_BUILD", ROOT / "build"))
DEADLINE_S = 30


def program(name):
    path = BUILD / name
    assert path.exists(), f"{path} is not built (LABTAB_BUILD names the build directory)"
    return str(path)


class Lines:
    """The lines that a program prints, each waited for with a deadline."""

    def __init__(self, stream):
        self.lines = queue.Queue()
        threading.Thread(target=self._read, args=(stream,), daemon=True).start()

    def _read(self, stream):
        for line in stream:
            self.lines.put(line.rstrip("\n"))
        self.lines.put(None)

    def next(self):
        line = self.lines.get(timeout=DEADLINE_S)
        assert line is not None, "the program has ended"
        return line


class Driver:
    """tests/faults/modbus/mbtcp_driver.c"""

    def __init__(self):
        self.process = subprocess.Popen(
            [program("tests/faults/modbus/mbtcp_driver")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.lines = Lines(self.process.stdout)
        self.results = {}
        self.last = 0

    def say(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def event(self):
        return json.loads(self.lines.next())

    def link(self, port, name="a", address="127.0.0.1", **options):
        words = [f"{key}={value}" for key, value in options.items()]
        self.say(" ".join(["link", name, address, str(port), *words]))
        return self.event()["result"]

    def read(self, addr=0, count=1, unit=1, function=4, timeout_ms=10000, name="a"):
        self.say(f"read {name} {function} {unit} {addr} {count} {timeout_ms}")
        self.last += 1
        return self.last

    def write(self, addr, value, unit=1, function=6, timeout_ms=10000, name="a"):
        self.say(f"write {name} {function} {unit} {addr} {value} {timeout_ms}")
        self.last += 1
        return self.last

    def result(self, number):
        while number not in self.results:
            event = self.event()
            self.results[event["n"]] = event
        return self.results.pop(number)

    def ask(self, *args, **kwargs):
        return self.result(self.read(*args, **kwargs))

    def stats(self, name="a"):
        self.say(f"stats {name}")
        while True:
            event = self.event()
            if "stats" in event:
                return event
            self.results[event["n"]] = event

    def stats_until(self, condition, name="a"):
        end = time.monotonic() + DEADLINE_S
        while time.monotonic() < end:
            stats = self.stats(name)
            if condition(stats):
                return stats
            time.sleep(0.02)
        raise AssertionError(f"it never came true; now {stats}")

    def close(self):
        """The end of the input; returns the exit status (the sanitizers' findings are one)."""
        self.process.stdin.close()
        return self.process.wait(DEADLINE_S)


class Request:
    def __init__(self, data):
        self.data = data
        self.id, _, _, self.unit, self.function, self.addr, self.count = struct.unpack(
            ">HHHBBHH", data
        )

    def reply(self, words, **changes):
        """The right answer, but for `changes` of id, protocol, length, unit, function, byte_count."""
        body = struct.pack(f">{len(words)}H", *words)
        return struct.pack(
            ">HHHBBB",
            changes.get("id", self.id),
            changes.get("protocol", 0),
            changes.get("length", 3 + len(body)),
            changes.get("unit", self.unit),
            changes.get("function", self.function),
            changes.get("byte_count", len(body)),
        ) + body

    def exception(self, code):
        return struct.pack(">HHHBBB", self.id, 0, 3, self.unit, self.function | 0x80, code)


class FakeServer:
    """Calls `answer(connection, request, number)` for each request; False ends the connection."""

    def __init__(self, answer):
        self.answer = answer
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.requests = []
        self.connections = 0
        self.lock = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        with connection:
            while True:
                try:
                    data = connection.recv(12, socket.MSG_WAITALL)
                    if len(data) < 12:
                        return
                    request = Request(data)
                    with self.lock:
                        self.requests.append(request)
                        number = len(self.requests)
                    if self.answer(connection, request, number) is False:
                        return
                except OSError:
                    return

    def close(self):
        try:
            self.socket.shutdown(socket.SHUT_RDWR)  # else a thread in accept() keeps it open
        except OSError:
            pass
        self.socket.close()
