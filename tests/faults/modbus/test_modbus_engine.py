"""The engine against servers that are late, slow, wrong, or gone."""

import socket
import struct
import threading
import time

import pytest

SECOND_US = 1_000_000


def reset(connection):
    """Closes with RST instead of FIN."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def test_words_bits_and_times(driver, serve):
    def answer(connection, request, _):
        if request.function == 2:
            connection.sendall(struct.pack(">HHHBBBB", request.id, 0, 4, request.unit, 2, 1, 0x05))
        else:
            connection.sendall(request.reply(range(request.addr, request.addr + request.count)))

    driver.link(serve(answer).port)
    done = driver.ask(addr=7, count=125)
    assert done["outcome"] == "done" and done["values"] == list(range(7, 132))
    assert 0 < done["trip_us"] <= done["took_us"]
    assert driver.ask(function=2, count=3)["values"] == [1, 0, 1]


def test_ids_go_up_also_over_connections(driver, serve):
    def answer(connection, request, number):
        connection.sendall(request.reply([number]))
        return number != 2

    server = serve(answer)
    driver.link(server.port)
    for number in (1, 2):
        assert driver.ask()["values"] == [number]
    driver.stats_until(lambda s: s["closed_by_peer"] == 1)
    assert driver.ask()["values"] == [3]
    ids = [request.id for request in server.requests]
    assert ids == list(range(ids[0], ids[0] + 3))
    assert server.connections == 2


def test_late_reply_never_becomes_the_next_value(driver, serve):
    """M50: registers hold 100, 200, 300 read in turn; the first reply is late."""
    go_on = threading.Event()

    def answer(connection, request, number):
        if number == 1:
            go_on.wait(20)
        connection.sendall(request.reply([100 * number]))

    server = serve(answer)
    driver.link(server.port, reply_us=SECOND_US // 5)
    assert driver.ask()["outcome"] == "timeout"
    second = driver.read()
    go_on.set()
    result = driver.result(second)
    while result["outcome"] == "timeout":  # the server thread may be slow to start
        result = driver.ask()
    assert result["values"] == [100 * len(server.requests)]
    assert driver.ask()["values"] == [100 * len(server.requests)]
    assert driver.stats()["late"] >= 1
    assert server.connections == 1


def test_dripped_reply_fails_at_the_deadline(driver, serve):
    """M53: a byte now and then does not keep a request alive."""
    over = threading.Event()

    def answer(connection, request, number):
        if number > 1:
            connection.sendall(request.reply([number]))
            return
        try:
            for byte in request.reply(range(10)):
                connection.sendall(bytes([byte]))
                time.sleep(0.2)
        finally:
            over.set()

    server = serve(answer)
    driver.link(server.port, reply_us=SECOND_US // 2)
    assert driver.ask(count=10)["outcome"] == "timeout"
    assert not over.is_set(), "it waited for all bytes"
    assert driver.ask()["values"] == [2], "cut in the middle of a frame, a new connection is due"
    assert server.connections == 2


@pytest.mark.parametrize(
    "changes, fault",
    [
        ({"unit": 9}, "unit id"),
        ({"protocol": 7}, "protocol id"),
        ({"length": 8}, "length"),
        ({"length": 60000}, "length"),
        ({"length": 0}, "length"),
        ({"function": 3}, "function"),
        ({"byte_count": 3}, "byte count"),
        ({"id": 40000}, "transaction id"),
    ],
)
def test_wrong_answers_are_refused(driver, serve, changes, fault):
    """M52: refused and counted, and nothing of that connection is believed any more."""

    def answer(connection, request, number):
        connection.sendall(request.reply([number], **(changes if number == 1 else {})))

    server = serve(answer)
    driver.link(server.port)
    wrong = driver.ask()
    assert wrong["outcome"] == "garbage" and fault in wrong["fault"]
    assert driver.ask()["values"] == [2]
    assert server.connections == 2
    assert driver.stats()["garbage"] == 1


def test_bytes_nobody_asked_for(driver, serve):
    def answer(connection, request, number):
        connection.sendall(request.reply([number]) + (b"hello!" if number == 1 else b""))

    server = serve(answer)
    driver.link(server.port)
    assert driver.ask()["values"] == [1]
    driver.stats_until(lambda s: s["garbage"] == 1 and not s["is_up"])
    assert driver.ask()["values"] == [2]
    assert server.connections == 2


@pytest.mark.parametrize("how", ["close", "reset"])
def test_lost_in_the_middle_of_a_frame(driver, serve, how):
    """M49: 7 of 13 bytes, then gone. No sample; the next request has another id."""

    def answer(connection, request, number):
        if number > 1:
            connection.sendall(request.reply([1, 2]))
            return True
        connection.sendall(request.reply([1, 2])[:7])
        if how == "reset":
            reset(connection)
        return False

    server = serve(answer)
    driver.link(server.port)
    assert driver.ask(count=2)["outcome"] == "link_down"
    assert driver.ask(count=2)["values"] == [1, 2]
    assert server.requests[0].id != server.requests[1].id


@pytest.mark.parametrize("code", [1, 2, 5, 6, 10, 11, 0x43])
def test_exceptions_keep_the_connection(driver, serve, code):
    """M44, M45, M46, M48: reported as they are, policy is the caller's."""

    def answer(connection, request, number):
        connection.sendall(request.exception(code) if request.unit == 3 else request.reply([number]))

    server = serve(answer)
    driver.link(server.port)
    asked = [driver.read(unit=unit) for unit in range(1, 11)]
    results = [driver.result(number) for number in asked]
    refused = results.pop(2)
    assert refused["outcome"] == "refused" and refused["exception"] == code
    assert all(result["outcome"] == "done" for result in results)
    assert server.connections == 1
    assert driver.stats()["refused"] == 1


def test_silent_unit_costs_the_others_only_its_reply_time(driver, serve):
    def answer(connection, request, number):
        if request.unit != 3:
            connection.sendall(request.reply([number]))

    server = serve(answer)
    driver.link(server.port, reply_us=SECOND_US // 5)
    for _ in range(3):
        asked = [driver.read(unit=unit) for unit in range(1, 6)]
        outcomes = [driver.result(number)["outcome"] for number in asked]
        assert outcomes == ["done", "done", "timeout", "done", "done"]
    assert server.connections == 1, "answers in between: the link is not given up"


def test_silence_renews_the_connection(driver, serve):
    silent = threading.Event()
    silent.set()

    def answer(connection, request, number):
        if not silent.is_set():
            connection.sendall(request.reply([number]))

    server = serve(answer)
    driver.link(server.port, reply_us=SECOND_US // 10, silent_max=2)
    assert driver.ask()["outcome"] == "timeout"
    assert server.connections == 1
    assert driver.ask()["outcome"] == "timeout"
    silent.clear()
    assert driver.ask()["outcome"] == "done"
    assert server.connections == 2


def test_total_deadline_counts_waiting(driver, serve):
    """A request that never gets its turn ends at its own deadline, unsent."""
    server = serve(lambda connection, request, number: None)
    driver.link(server.port, reply_us=20 * SECOND_US)
    first = driver.read(timeout_ms=2000)
    second = driver.read(timeout_ms=100)
    assert driver.result(second) | {"took_us": 0} == {
        "n": second, "outcome": "timeout", "took_us": 0, "is_sent": False, "error": 0,
    }
    assert driver.result(first)["is_sent"]
    assert driver.stats()["expired"] == 1
    assert len(server.requests) == 1


def test_queue_is_bounded(driver, serve):
    server = serve(lambda connection, request, number: None)
    driver.link(server.port, queue_max=3, reply_us=20 * SECOND_US)
    first = driver.read(timeout_ms=1000)
    driver.stats_until(lambda s: s["sent"] == 1)
    rest = [driver.read(timeout_ms=1000) for _ in range(4)]
    assert driver.result(rest[3])["submit"] == "queue_full"
    assert driver.stats()["queue_full"] == 1
    for number in [first, *rest[:3]]:
        assert driver.result(number)["outcome"] == "timeout"


def test_closed_port_and_back_off(driver, serve):
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    driver.link(port, backoff_first_us=30 * SECOND_US, backoff_most_us=60 * SECOND_US)
    first = driver.ask()
    assert first["outcome"] == "link_down" and first["error"] == 111
    assert driver.ask()["submit"] == "down"
    assert driver.stats()["connect_failures"] == 1


def test_good_connection_is_renewed_once_at_once(driver, serve):
    """Then the server is gone for good, and the back-off begins."""
    server = serve(lambda connection, request, number: number < 2 and connection.sendall(request.reply([1])))
    driver.link(server.port, backoff_first_us=30 * SECOND_US, backoff_most_us=60 * SECOND_US)
    assert driver.ask()["values"] == [1]
    server.close()
    assert driver.ask()["outcome"] == "link_down"
    assert driver.ask()["outcome"] == "link_down"
    assert driver.ask()["submit"] == "down"
    assert driver.stats()["connect_failures"] == 1


def test_back_off_ends(driver, serve):
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    driver.link(port, backoff_first_us=SECOND_US // 20, backoff_most_us=SECOND_US // 10)
    for _ in range(4):
        driver.ask()
        time.sleep(0.12)
    server = serve(lambda connection, request, number: connection.sendall(request.reply([7])))
    driver.link(server.port, name="b")
    assert driver.ask(name="b")["values"] == [7]
    with socket.socket() as late:
        late.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        late.bind(("127.0.0.1", port))
        late.listen()
        number = driver.read()
        connection, _ = late.accept()
        with connection:
            data = connection.recv(12, socket.MSG_WAITALL)
            connection.sendall(data[:4] + bytes([0, 5, 1, 4, 2, 0, 9]))
            assert driver.result(number)["values"] == [9]


def test_hanging_connect_hurts_nobody_else(driver, serve):
    """M58: a peer whose SYN is never answered."""
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        fillers = []
        for _ in range(3):
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex(full.getsockname())
            fillers.append(filler)
        server = serve(lambda connection, request, number: connection.sendall(request.reply([7])))
        driver.link(full.getsockname()[1], name="x", connect_us=SECOND_US)
        driver.link(server.port)
        hanging = driver.read(name="x")
        for _ in range(20):
            assert driver.ask()["values"] == [7]
        assert hanging not in driver.results, "the others came first"
        lost = driver.result(hanging)
        assert lost["outcome"] == "link_down" and lost["error"] == 110 and not lost["is_sent"]
        for filler in fillers:
            filler.close()


def test_gateway_with_a_fixed_id(driver, serve):
    """M56: refused, unless the link is told so."""

    def answer(connection, request, number):
        connection.sendall(request.reply([number], id=40000))

    driver.link(serve(answer).port)
    assert driver.ask()["outcome"] == "garbage"
    driver.link(serve(answer).port, name="b", is_any_id=1)
    assert [driver.ask(name="b")["values"] for _ in range(3)] == [[1], [2], [3]]


def test_fixed_id_and_late_reply(driver, serve):
    """Without ids a late reply cannot be told, so a time-out ends the connection."""
    go_on = threading.Event()

    def answer(connection, request, number):
        if number == 1:
            go_on.wait(20)
        connection.sendall(request.reply([100 * number], id=2))

    server = serve(answer)
    driver.link(server.port, is_any_id=1, reply_us=SECOND_US // 5)
    assert driver.ask()["outcome"] == "timeout"
    go_on.set()
    assert driver.ask()["values"] == [200]
    assert server.connections == 2


def test_writes(driver, serve):
    def answer(connection, request, number):
        wrong = number == 2
        connection.sendall(request.data[:-1] + bytes([request.data[-1] ^ wrong]))

    driver.link(serve(answer).port)
    assert driver.result(driver.write(3, 0x1234))["outcome"] == "done"
    assert driver.result(driver.write(3, 0x1234))["outcome"] == "garbage"
    assert driver.result(driver.write(0, 0xFF00, function=5))["outcome"] == "done"


def test_what_cannot_be_asked(driver, serve):
    server = serve(lambda connection, request, number: None)
    driver.link(server.port)
    assert driver.ask(count=126)["submit"] == "request"
    assert driver.ask(function=16)["submit"] == "request"
    assert driver.ask(timeout_ms=-1)["submit"] == "past"
    assert server.connections == 0, "nothing to ask, nothing to connect for"


def test_names_are_refused(driver):
    assert driver.link(502, address="localhost") == 1
    assert driver.link(502, name="b", address="meter.example.org") == 1
    assert driver.link(0, name="c") == 2
    assert driver.link(502, name="d", address="::1") == 0
    assert driver.link(502, name="e", queue_max=0) == 2


def test_freed_inside_its_own_callback(driver, serve):
    server = serve(lambda connection, request, number: connection.sendall(request.reply([1])))
    for i, number in enumerate(["a", "b"]):
        driver.link(server.port, name=number, free_in_callback=1)
        assert driver.ask(name=number)["outcome"] == "done"
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    driver.link(port, name="c", free_in_callback=1)
    assert driver.ask(name="c")["outcome"] == "link_down"


def test_asked_again_inside_the_callback(driver, serve):
    """Also when the connection is lost: refused then, instead of going round for ever."""
    server = serve(lambda connection, request, number: number <= 50 and connection.sendall(request.reply([number])))
    driver.link(server.port, repeat=100, queue_max=2, backoff_first_us=30 * SECOND_US)
    driver.read()
    driver.read()
    assert [driver.result(n)["values"] for n in range(1, 51)] == [[n] for n in range(1, 51)]
    assert driver.result(51)["outcome"] == "link_down"
    assert driver.result(52)["outcome"] == "link_down", "one new connection at once, lost again"
    driver.stats_until(lambda s: not s["is_up"] and s["queued"] == 0)
    assert driver.stats()["connects"] == 2


def test_many_links(driver, serve):
    """Each link has its own connection, all on one loop."""
    server = serve(lambda connection, request, number: connection.sendall(request.reply([number])))
    names = [f"n{i}" for i in range(300)]
    for name in names:
        assert driver.link(server.port, name=name) == 0
    asked = [driver.read(name=name) for name in names]
    assert all(driver.result(number)["outcome"] == "done" for number in asked)
    assert server.connections == len(names)
