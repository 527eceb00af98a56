"""Raw-socket conformance of lib/http: what clients, proxies and attackers send, and what must come back.

Needs the program http_driver of the build directory: LABTAB_BUILD, by default <repository>/build.
"""

import contextlib
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import time

import pytest

REPOSITORY = pathlib.Path(__file__).resolve().parents[3]
BUILD = pathlib.Path(os.environ.get("LABTAB_BUILD", REPOSITORY / "build"))
DRIVER = BUILD / "tests" / "faults" / "http" / "http_driver"

PATIENCE = 30  # seconds until something that must happen counts as not happening
HOST = b"Host: lab.example\r\n"
BODY_MAX = 256 * 1024


class Driver:
    """A running http_driver."""

    def __init__(self, **options):
        arguments = [f"{name.replace('_', '-')}={value}" for name, value in options.items()]
        self.process = subprocess.Popen([DRIVER, *arguments], stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())

    def connect(self, **options):
        return Client(self.port, **options)

    def ask(self, target, **options):
        """One request on a connection of its own."""
        with self.connect() as client:
            client.send(request(target, **options))
            return client.reply(head_only=options.get("method") == "HEAD")

    def stats(self):
        lines = self.ask("/stats").body.decode().splitlines()
        return {name: int(value) for name, value in (line.split() for line in lines)}

    def settle(self):
        """Returns when the server has seen all that was sent before: a request that comes after them is
        at best served in the same round of its loop, a second one in a later round."""
        self.ask("/echo")
        self.ask("/echo")

    def cpu_seconds(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def end(self, number=signal.SIGTERM):
        """What it prints and its exit status after the signal."""
        self.process.send_signal(number)
        return self.result()

    def result(self):
        output, _ = self.process.communicate(timeout=PATIENCE)
        return output, self.process.returncode

    def stop(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()


class Reply:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def problem(self):
        assert self.headers["content-type"] == "application/problem+json"
        return json.loads(self.body)


class Client:
    def __init__(self, port, receive_buffer=None, source=None):
        self.socket = socket.socket()
        self.socket.settimeout(PATIENCE)
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        if source:
            self.socket.bind((source, 0))
        self.socket.connect(("127.0.0.1", port))
        self.bytes = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def _more(self):
        data = self.socket.recv(65536)
        self.bytes += data
        return bool(data)

    def _until(self, is_there, what):
        while not is_there():
            assert self._more(), f"the connection ended before {what}: {self.bytes[:200]!r}"

    def reply(self, head_only=False):
        self._until(lambda: b"\r\n\r\n" in self.bytes, "the end of a reply's head")
        head, self.bytes = self.bytes.split(b"\r\n\r\n", 1)
        lines = head.decode("latin-1").split("\r\n")
        version, status = lines[0].split(" ")[:2]
        assert version == "HTTP/1.1"
        headers = {}
        for line in lines[1:]:
            name, value = line.split(": ", 1)
            assert name.lower() not in headers, f"{name} is given twice"
            headers[name.lower()] = value
        length = 0 if head_only else int(headers.get("content-length", 0))
        self._until(lambda: len(self.bytes) >= length, "the end of a reply's body")
        body, self.bytes = self.bytes[:length], self.bytes[length:]
        return Reply(int(status), headers, body)

    def is_closed(self):
        """Waits for the end of the stream. Anything else that comes is a failure."""
        try:
            while self._more():
                pass
        except ConnectionResetError:
            pass
        assert self.bytes == b"", f"not expected: {self.bytes[:200]!r}"
        return True


def request(target="/echo", method="GET", headers=b"", body=None):
    length = b"" if body is None else b"Content-Length: %d\r\n" % len(body)
    line = f"{method} {target} HTTP/1.1\r\n".encode()
    return line + HOST + headers + length + b"\r\n" + (body or b"")


def wait_until(is_so, what):
    end = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < end, f"not within {PATIENCE} s: {what}"
        time.sleep(0.02)


@pytest.fixture(scope="module")
def driver():
    server = Driver()
    yield server
    output, status = server.end()
    server.stop()
    assert (output, status) == ("drained\n", 0)  # also what the sanitizers say


@pytest.fixture
def start():
    """Starts drivers with options; each must end by itself or is killed."""
    with contextlib.ExitStack() as stack:

        def starter(**options):
            server = Driver(**options)
            stack.callback(server.stop)
            return server

        yield starter


# ---- replies ----


def test_a_request_reaches_the_handler(driver):
    reply = driver.ask("/echo/%EC%95%84?x=%20", method="POST", body=b"hello")
    assert reply.status == 200
    assert reply.body.decode() == "POST\n/echo/아\nx=%20\nhello\n127.0.0.1\n"


def test_a_reply_has_its_headers(driver):
    headers = driver.ask("/echo").headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert headers["content-type"] == "text/plain"
    assert re.fullmatch(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT", headers["date"])
    assert "connection" not in headers


def test_the_handler_adds_headers_but_no_lines(driver):
    headers = driver.ask("/header").headers
    assert headers["cache-control"] == "max-age=60"
    assert headers["etag"] == '"7"'
    assert "x-split" not in headers


def test_head_has_the_length_but_no_body(driver):
    with driver.connect() as client:
        client.send(request("/header", method="HEAD") + request("/header"))
        assert client.reply(head_only=True).headers["content-length"] == "2"
        assert client.reply().body == b"ok"


@pytest.mark.parametrize("status", [204, 304])
def test_these_have_no_body_and_no_length(driver, status):
    with driver.connect() as client:
        client.send(request(f"/status?n={status}") + request("/header"))
        reply = client.reply()
        assert reply.status == status
        assert "content-length" not in reply.headers
        assert client.reply().body == b"ok"


def test_a_problem_has_all_violations_in_the_reader_s_language(driver):
    for headers, title in ((b"", "The time is taken."), (b"Accept-Language: ko\r\n", "이미 예약된 시간입니다.")):
        reply = driver.ask("/problem", headers=headers)
        assert reply.status == 409
        assert reply.problem["title"] == title
        assert [row["code"] for row in reply.problem["violations"]] == ["taken", "off_grid"]


def test_large_replies_arrive_whole(driver):
    reply = driver.ask("/big?n=20000000")
    assert len(reply.body) == 20000000


# ---- refusals: every one is a problem document and ends the connection ----

CL = b"Content-Length: "
REFUSED = {
    "two Content-Length": (b"POST /echo HTTP/1.1\r\n" + HOST + CL + b"5\r\n" + CL + b"6\r\n\r\nhello!", 400),
    "two equal Content-Length": (b"POST /echo HTTP/1.1\r\n" + HOST + CL + b"5\r\n" + CL + b"5\r\n\r\nhello", 400),
    "signed Content-Length": (b"POST /echo HTTP/1.1\r\n" + HOST + CL + b"+5\r\n\r\nhello", 400),
    "negative Content-Length": (b"POST /echo HTTP/1.1\r\n" + HOST + CL + b"-5\r\n\r\n", 400),
    "hexadecimal Content-Length": (b"POST /echo HTTP/1.1\r\n" + HOST + CL + b"0x5\r\n\r\nhello", 400),
    "empty Content-Length": (b"POST /echo HTTP/1.1\r\n" + HOST + CL + b"\r\n\r\n", 400),
    "list of Content-Length": (b"POST /echo HTTP/1.1\r\n" + HOST + CL + b"5,5\r\n\r\nhello", 400),
    "huge Content-Length": (b"POST /echo HTTP/1.1\r\n" + HOST + CL + b"9" * 40 + b"\r\n\r\n", 413),
    "wrapping Content-Length": (b"POST /echo HTTP/1.1\r\n" + HOST + CL + b"18446744073709551621\r\n\r\nhello", 413),
    "body above the limit": (b"POST /echo HTTP/1.1\r\n" + HOST + CL + b"%d\r\n\r\n" % (BODY_MAX + 1), 413),
    "chunked": (b"POST /echo HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n", 411),
    "chunked and a length": (
        b"POST /echo HTTP/1.1\r\n" + HOST + CL + b"5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        411,
    ),
    "identity": (b"POST /echo HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: identity\r\n\r\n", 411),
    "no Host": (b"GET /echo HTTP/1.1\r\n\r\n", 400),
    "two Hosts": (b"GET /echo HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
    "NUL in a value": (b"GET /echo HTTP/1.1\r\n" + HOST + b"X: a\0b\r\n\r\n", 400),
    "control byte in a value": (b"GET /echo HTTP/1.1\r\n" + HOST + b"X: a\x02b\r\n\r\n", 400),
    "space before the colon": (b"GET /echo HTTP/1.1\r\nHost : a\r\n\r\n", 400),
    "bare LF": (b"GET /echo HTTP/1.1\nHost: a\n\n", 400),
    "bare LF after a header": (b"GET /echo HTTP/1.1\r\nHost: a\n\r\n", 400),
    "CR alone": (b"GET /echo HTTP/1.1\r\nHost: a\rX: b\r\n\r\n", 400),
    "folded header": (b"GET /echo HTTP/1.1\r\n" + HOST + b"X: a\r\n b\r\n\r\n", 400),
    "two blank lines first": (b"\r\n\r\n" + request(), 400),
    "lower-case method": (request(method="get"), 501),
    "unknown method": (request(method="BREW"), 501),
    "TRACE": (request(method="TRACE"), 501),
    "CONNECT": (request("lab:80", method="CONNECT"), 501),
    "HTTP/2 preface": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
    "HTTP/3.0": (b"GET /echo HTTP/3.0\r\n" + HOST + b"\r\n", 505),
    "no version": (b"GET /echo\r\n", 400),
    "TLS": (b"\x16\x03\x01\x02\x00\x01\x00", 400),
    "head above the limit": (b"GET /echo HTTP/1.1\r\n" + HOST + b"X: " + b"y" * 17000 + b"\r\n\r\n", 431),
    "many headers": (b"GET /echo HTTP/1.1\r\n" + HOST + b"X: y\r\n" * 70 + b"\r\n", 431),
    "long target": (request("/echo?" + "y" * 9000), 414),
    "another expectation": (request(method="POST", headers=b"Expect: tea\r\n", body=b"x"), 417),
    "%00": (request("/echo/%00"), 400),
    "%zz": (request("/echo/%zz"), 400),
    "stray %": (request("/echo/%"), 400),
    "overlong UTF-8": (request("/echo/%c0%af"), 400),
    "encoded slash": (request("/echo/a%2Fb"), 400),
    "dot segment": (request("/echo/%2e%2e/stats"), 400),
    "raw UTF-8": (b"GET /echo/\xec\x95\x84 HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "asterisk form": (request("*", method="OPTIONS"), 400),
}


@pytest.mark.parametrize("case", REFUSED)
@pytest.mark.parametrize("step", [0, 1], ids=["whole", "dripped"])
def test_refused(driver, case, step):
    data, status = REFUSED[case]
    before = driver.stats()["refused"]
    with driver.connect() as client:
        # A second request behind the refused one must never be answered. Byte by byte, the server may
        # hang up in the middle of the rest.
        data += request("/stats")
        if step and len(data) < 1000:
            client.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                for byte in data:
                    client.send(bytes([byte]))
        else:
            client.send(data)
        reply = client.reply(head_only=data.startswith(b"HEAD"))
        assert reply.status == status
        assert reply.headers["connection"] == "close"
        assert reply.problem["status"] == status
        client.socket.shutdown(socket.SHUT_WR)
        assert client.is_closed()
    assert driver.stats()["refused"] == before + 1


def test_a_refusal_arrives_while_the_body_is_still_being_sent(driver):
    with driver.connect() as client:
        client.send(b"POST /echo HTTP/1.1\r\n" + HOST + CL + b"900000\r\n\r\n")
        client.send(b"x" * 900000)
        assert client.reply().status == 413


# ---- accepted ----


def test_one_blank_line_first_is_passed_over(driver):
    with driver.connect() as client:
        client.send(b"\r\n" + request())
        assert client.reply().status == 200


def test_the_absolute_form_is_understood(driver):
    assert driver.ask("http://lab.example/echo/x?y").body.split(b"\n")[1:3] == [b"/echo/x", b"y"]


@pytest.mark.parametrize("host", [b"", HOST], ids=["without Host", "with Host"])
def test_http_1_0_is_answered_and_closed(driver, host):
    with driver.connect() as client:
        client.send(b"GET /echo HTTP/1.0\r\n" + host + b"Connection: keep-alive\r\n\r\n")
        reply = client.reply()
        assert reply.status == 200
        assert reply.headers["connection"] == "close"
        assert client.is_closed()


def test_the_query_stays_raw(driver):
    assert driver.ask("/echo?a=%zz&b=%2F").body.split(b"\n")[2] == b"a=%zz&b=%2F"


def test_a_body_may_be_as_large_as_the_limit(driver):
    body = b"x" * BODY_MAX
    assert body in driver.ask("/echo", method="PUT", body=body).body


def test_a_request_byte_by_byte(driver):
    with driver.connect() as client:
        client.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in request(method="POST", body=b"hello") * 2:
            client.send(bytes([byte]))
        assert b"hello" in client.reply().body
        assert b"hello" in client.reply().body


def test_100_continue(driver):
    with driver.connect() as client:
        client.send(b"POST /echo HTTP/1.1\r\n" + HOST + CL + b"5\r\nExpect: 100-continue\r\n\r\n")
        assert client.reply().status == 100
        client.send(b"hello")
        reply = client.reply()
        assert reply.status == 200
        assert b"hello" in reply.body


def test_no_100_when_the_body_is_there_or_refused(driver):
    with driver.connect() as client:
        client.send(request(method="POST", headers=b"Expect: 100-continue\r\n", body=b"hello"))
        assert client.reply().status == 200
        client.send(b"POST /echo HTTP/1.1\r\n" + HOST + CL + b"999999\r\nExpect: 100-continue\r\n\r\n")
        assert client.reply().status == 413


# ---- connections ----


def test_keep_alive_and_close(driver):
    with driver.connect() as client:
        for _ in range(20):
            client.send(request())
            assert client.reply().status == 200
        client.send(request(headers=b"Connection: close\r\n"))
        reply = client.reply()
        assert reply.headers["connection"] == "close"
        assert client.is_closed()


def test_pipelined_requests_are_answered_in_order(driver):
    count = 500
    with driver.connect() as client:
        client.send(b"".join(request(f"/echo/{i}", method="POST", body=b"%d" % i) for i in range(count)))
        for i in range(count):
            assert client.reply().body.split(b"\n")[1] == b"/echo/%d" % i


def test_pipelined_requests_wait_for_a_slow_one(driver):
    with driver.connect() as client:
        client.send(request("/slow?ms=200") + request("/echo/2") + request("/slow?ms=1") + request("/echo/4"))
        paths = [client.reply().body.split(b"\n")[1] for _ in range(4)]
        assert paths == [b"/slow", b"/echo/2", b"/slow", b"/echo/4"]


def test_what_is_sent_ahead_is_bounded(driver):
    """While a request is worked on, the server does not read for ever; afterwards it goes on."""
    ahead = request(method="POST", body=b"x" * 200000)
    with driver.connect() as client:
        client.send(request("/hold"))
        client.socket.setblocking(False)
        sent = 0
        end = time.monotonic() + 2
        while sent < 64 * len(ahead) and time.monotonic() < end:
            try:
                sent += client.socket.send((ahead * 2)[sent % len(ahead):])
            except BlockingIOError:
                time.sleep(0.05)
        assert sent < 64 * len(ahead), "the server took everything"
        client.socket.settimeout(PATIENCE)
        driver.ask("/release")
        assert client.reply().body.startswith(b"GET\n/hold")
        for _ in range(sent // len(ahead)):
            assert client.reply().status == 200


def test_a_client_that_only_closed_its_sending_side_gets_its_answers(driver):
    with driver.connect() as client:
        client.send(request("/slow?ms=100") + request("/echo/2"))
        client.socket.shutdown(socket.SHUT_WR)
        assert client.reply().status == 200
        assert client.reply().body.split(b"\n")[1] == b"/echo/2"
        assert client.is_closed()


def test_a_connection_that_ends_in_the_middle_is_closed(driver):
    for part in (b"", b"GET /ec", request(method="POST", body=b"hello")[:-2]):
        with driver.connect() as client:
            client.send(part)
            client.socket.shutdown(socket.SHUT_WR)
            assert client.is_closed()


def reset(client):
    """Ends the connection by RST."""
    client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    client.socket.close()


@pytest.mark.parametrize("leave", [reset, lambda client: client.socket.close()], ids=["reset", "closed"])
def test_a_client_leaves_while_its_handler_waits(driver, leave):
    before = driver.stats()
    for _ in range(5):
        client = driver.connect()
        client.send(request("/hold"))
        driver.settle()
        leave(client)
    # What a handler works for still counts as a connection, whoever has left.
    wait_until(lambda: driver.stats()["connections"] == before["connections"] + 5, "five are held")
    assert driver.ask("/release").status == 200
    wait_until(lambda: driver.stats()["connections"] == before["connections"], "they are closed")


# ---- deadlines ----


@pytest.mark.parametrize("prefix", [b"", request(method="POST", body=b"x" * 1000)[:-1000]], ids=["head", "body"])
def test_a_slow_drip_is_cut(start, prefix):
    """Activity does not prolong a request: one byte at a time for ever is ended by 408."""
    server = start(request_timeout_ms=1000)
    with server.connect() as client:
        client.send(prefix or b"GET /echo?")
        client.socket.settimeout(0.1)
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            client.send(b"x")
            try:
                if client._more():
                    break
            except TimeoutError:
                pass
        client.socket.settimeout(PATIENCE)
        reply = client.reply()
        assert reply.status == 408
        assert reply.problem["title"]
    assert server.stats()["timeouts"] == 1
    assert server.end() == ("drained\n", 0)


def test_an_idle_connection_is_closed_silently(start):
    server = start(idle_timeout_ms=500)
    with server.connect() as fresh, server.connect() as used:
        used.send(request())
        assert used.reply().status == 200
        assert fresh.is_closed()
        assert used.is_closed()


def test_the_idle_deadline_is_not_the_request_s(start):
    """A handler may take longer than any deadline of the connection."""
    server = start(idle_timeout_ms=200, request_timeout_ms=200, write_timeout_ms=200)
    assert server.ask("/slow?ms=1500").status == 200


def test_a_client_that_does_not_take_its_reply_is_dropped(start):
    server = start(write_timeout_ms=1000)
    with server.connect(receive_buffer=4096) as client:
        client.send(request("/big?n=50000000"))
        wait_until(lambda: server.stats()["timeouts"] == 1, "the reader is dropped")
        wait_until(lambda: server.stats()["connections"] == 1, "its connection is closed")
        taken = 0
        with contextlib.suppress(ConnectionResetError):
            while data := client.socket.recv(65536):
                taken += len(data)
        assert taken < 50000000
    assert server.end() == ("drained\n", 0)


# ---- limits ----


def test_connections_in_all_are_limited(start):
    server = start(connections=5)
    clients = [server.connect() for _ in range(5)]
    for client in clients:
        client.send(request())
        assert client.reply().status == 200
    with server.connect() as excess:
        reply = excess.reply()
        assert reply.status == 503
        assert reply.headers["retry-after"]
        assert reply.problem["violations"][0]["code"] == "overloaded"
        excess.socket.shutdown(socket.SHUT_WR)
        assert excess.is_closed()
    clients.pop().socket.close()
    wait_until(lambda: server.ask("/echo").status == 200, "a place is free")
    for client in clients:
        client.send(request())
        assert client.reply().status == 200
        client.socket.close()


def test_a_flood_above_the_limit_is_cut_without_an_answer(start):
    server = start(connections=1)
    with server.connect() as first:
        first.send(request())
        assert first.reply().status == 200
        with contextlib.ExitStack() as stack:
            for _ in range(150):
                stack.enter_context(server.connect())
            first.send(request("/stats"))
            counts = dict(line.split() for line in first.reply().body.decode().splitlines())
            assert counts["connections"] == "1"
        first.send(request())
        assert first.reply().status == 200


def test_connections_of_one_address_are_limited(start):
    server = start(per_address=2)
    with server.connect() as one, server.connect() as two, server.connect() as three:
        assert three.reply().status == 503
        with server.connect(source="127.0.0.2") as other:
            other.send(request())
            assert other.reply().body.endswith(b"127.0.0.2\n")
        for client in (one, two):
            client.send(request())
            assert client.reply().status == 200
    wait_until(lambda: server.ask("/echo").status == 200, "places are free again")


def test_running_out_of_descriptors_does_not_spin(start):
    server = start(files=40, connections=1000)
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(server.connect()) for _ in range(80)]
        clients[0].send(request())
        assert clients[0].reply().status == 200
        before = server.cpu_seconds()
        time.sleep(2)
        assert server.cpu_seconds() - before < 1, "busy while it can accept nobody"
        clients[0].send(request("/stats"))
        counts = dict(line.split() for line in clients[0].reply().body.decode().splitlines())
        assert int(counts["refused"]) > 0, "nobody was told that there is no place"

    def is_served():
        with contextlib.suppress(OSError, AssertionError):
            return server.ask("/echo").status == 200
        return False

    wait_until(is_served, "descriptors are free again")
    assert server.end() == ("drained\n", 0)


# ---- the end ----


def test_drain_closes_idle_ones_and_lets_busy_ones_finish(start):
    server = start()
    with server.connect() as idle, server.connect() as busy, server.connect() as reading:
        idle.send(request())
        assert idle.reply().status == 200
        busy.send(request("/slow?ms=800"))
        reading.send(request(method="POST", body=b"hello")[:-3])
        server.settle()
        server.process.send_signal(signal.SIGTERM)
        assert idle.is_closed()
        with pytest.raises(ConnectionRefusedError):
            server.connect()
        reading.send(b"llo")
        for client in (reading, busy):
            reply = client.reply()
            assert reply.status == 200
            assert reply.headers["connection"] == "close"
            assert client.is_closed()
    assert server.result() == ("drained\n", 0)


def test_replies_after_the_server_s_end_are_dropped(start):
    server = start()
    with server.connect() as held, server.connect() as reading:
        held.send(request("/hold"))
        reading.send(request(method="POST", body=b"hello")[:-3])
        server.settle()
        assert server.end(signal.SIGUSR1) == ("freed\n", 0)
        assert held.is_closed()
        assert reading.is_closed()
