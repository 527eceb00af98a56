"""Devices that misbehave, catalogues that change, records that can't be stored."""

import socket
import sqlite3
import struct
import threading
import time
import uuid

from meter_support import ENERGY, POWER, VirtualMeter, wait_until
from support.foreign_meter import ForeignMeter


def test_silent_meter_is_told_once_and_found_again(lab, device):
    _, power, contact = lab.add_instrument(device.port)
    lab.daemon.start()
    lab.wait_for_samples(power, 5)
    device.answer_of = lambda unit, *rest: None if unit == 1 else device.answer(unit, *rest)
    wait_until(lambda: lab.daemon.events("meter_silent"), "the silence is told")
    lab.wait_for_samples(contact, 20)  # its neighbour on the line goes on
    device.answer_of = device.answer
    wait_until(lambda: lab.daemon.events("meter_answers"), "the answer is told")
    lab.wait_for_samples(power, 5)
    silent = lab.daemon.events("meter_silent")
    assert [line["meter"] for line in silent] == ["press_power"]
    assert lab.daemon.events("meter_answers")[0]["meter"] == "press_power"


def test_device_that_is_not_there_and_comes_back(lab):
    device = VirtualMeter()
    _, power, _ = lab.add_instrument(device.port)
    lab.daemon.start()
    lab.wait_for_samples(power, 5)
    device.close()
    wait_until(lambda: len(lab.daemon.events("meter_silent")) == 2, "both meters are gone")
    again = VirtualMeter(device.port)
    try:
        lab.wait_for_samples(power, 5)
    finally:
        again.close()


def test_busy_device_is_asked_again(lab, device):
    busy = {"left": 0, "told": 0}

    def answer(unit, function, address, count):
        if unit == 1 and busy["left"] > 0:
            busy["left"] -= 1
            busy["told"] += 1
            return bytes([function | 0x80, 5 + busy["left"] % 2])
        return device.answer(unit, function, address, count)

    device.answer_of = answer
    resource = lab.add_resource("press")
    power = lab.add_meter("press_power", resource, device.port, poll_ms=1000)
    lab.daemon.start()
    lab.wait_for_samples(power, 1)
    busy["left"] = 2
    lab.wait_for_samples(power, 1)
    lab.wait_for_samples(power, 1)
    assert busy == {"left": 0, "told": 2}
    lab.daemon.stop()
    assert lab.count(power) == device.answered[1]
    assert int(lab.daemon.events("meter_stats")[-1]["failed"]) == 0, "no poll was lost"


def test_hole_in_the_registers_is_read_around(lab, device):
    """Exception 02 to a read that spans registers which nobody asked for."""

    def answer(unit, function, address, count):
        if unit == 1 and address <= POWER and address + count > ENERGY:
            return bytes([function | 0x80, 2])
        return device.answer(unit, function, address, count)

    device.answer_of = answer
    resource = lab.add_resource("press")
    power = lab.add_meter("press_power", resource, device.port)
    lab.daemon.start()
    lab.wait_for_samples(power, 5)
    assert {asked for asked in device.asked} == {(1, 4, 52, 22), (1, 4, 52, 2), (1, 4, 72, 2)}
    assert lab.number(f"""select count(*) from sample where meter_id = '{power}'
                            and (power_mw is null or energy_mwh is null)""") == 0


def test_value_that_is_none_is_left_out(lab, device):
    def answer(unit, function, address, count):
        pdu = bytearray(device.answer(unit, function, address, count))
        pdu[2:6] = struct.pack(">f", float("nan"))
        return bytes(pdu)

    device.answer_of = answer
    resource = lab.add_resource("press")
    power = lab.add_meter("press_power", resource, device.port)
    lab.daemon.start()
    lab.wait_for_samples(power, 5)
    assert lab.rows("select distinct power_mw is null, energy_mwh is null from sample") == [["t", "f"]]


def test_two_lines_at_different_pace_stay_in_order(lab):
    """A power meter that takes its time beside a quick contact: a poll that took long is older than it looks."""
    slow, quick = VirtualMeter(), VirtualMeter()
    slow.answer_of = lambda *request: (time.sleep(0.08), slow.answer(*request))[1]
    resource = lab.add_resource("press")
    power = lab.add_meter("press_power", resource, slow.port, poll_ms=100)
    lab.add_meter("press_contact", resource, quick.port, "contact_8ch", unit=2, rated_w=None)
    try:
        lab.daemon.start()
        lab.wait_for_samples(power, 50)
        lab.daemon.stop()
    finally:
        slow.close()
        quick.close()
    stats = lab.daemon.events("meter_stats")[-1]
    assert int(stats["out_of_order"]) == 0, stats
    assert int(stats["stored"]) == lab.number("select count(*) from sample")


def test_catalogue_changes_while_polling(lab, device):
    other = VirtualMeter()
    resource, power, contact = lab.add_instrument(device.port)
    lab.daemon.start()
    lab.wait_for_samples(power, 5)
    second = lab.add_resource("mill", basis="power")
    try:
        mill = lab.add_meter("mill_power", second, other.port)
        lab.wait_for_samples(mill, 5)
        lab.sql(f"update meter set poll_ms = 60 where id = '{contact}'")
        lab.sql(f"update meter set is_active = false where id = '{mill}'")
        wait_until(lambda: lab.daemon.events("polling")[-1]["meters"] == "2", "the mill is left alone")
        lab.wait_for_samples(power, 5)
        lab.wait_for_samples(contact, 5)
    finally:
        other.close()
    lab.daemon.stop()
    restarts = dict(lab.rows("select meter_id, count(*) from sample where quality & 128 <> 0 group by 1"))
    assert restarts == {str(power): "1", str(contact): "2", str(mill): "1"}, "who has not changed goes on"
    assert lab.count(mill) in (other.answered[1], other.answered[1] - 1)
    lab.check_spans(resource)
    lab.check_spans(second)


def test_what_cannot_be_polled_is_left_out_and_told(lab, device):
    resource, power, _ = lab.add_instrument(device.port)
    lab.sql("""insert into profile (code, doc) values ('broken', '{"code": "broken", "name": "B", "channels": []}')""")
    bare = uuid.uuid4()
    lab.sql(f"""insert into resource (id, site_id, code, kind, name)
                values ('{bare}', '{lab.site}', 'bare', 'instrument', 'no rule')""")
    lab.add_meter("no_profile", resource, device.port, "broken")
    lab.add_meter("no_rule", bare, device.port)
    lab.add_meter("no_address", lab.add_resource("lathe"), device.port, host="meter.example")
    lab.add_meter("second_power", resource, device.port, rated_w=5)
    lab.daemon.start()
    lab.wait_for_samples(power, 5)
    left_out = sorted(line["meter"] for line in lab.daemon.events("meter_left_out"))
    assert left_out == ["no_address", "no_profile", "no_rule", "second_power"]


def sample_bytes(meter, seq, at_us):
    """As metering/sample.h has it."""
    return (struct.pack("<BBBBI", 1, 1, 0, 0, 0) + meter.bytes
            + struct.pack("<QQQQQi", seq, at_us, 5, 1000, 0, 1))


def put_into_spool(path, records):
    with sqlite3.connect(path) as spool:
        last = spool.execute("select last_id from state").fetchone()[0]
        for record in records:
            last += 1
            spool.execute("insert into record (id, data) values (?, ?)", (last, record))
        spool.execute("update state set last_id = ?", (last,))
    spool.close()
    return last


def test_records_that_cannot_be_stored_hold_nothing_up(lab, device):
    _, power, contact = lab.add_instrument(device.port)
    lab.daemon.start()
    lab.wait_for_samples(power, 5)
    lab.daemon.stop()
    now_us = time.time_ns() // 1000
    stranger = uuid.uuid4()
    good = [sample_bytes(power, now_us + n, now_us) for n in range(40)]
    records = [*good[:17], b"garbage", *good[17:30], sample_bytes(stranger, now_us, now_us), *good[30:]]
    before = lab.count(power)
    put_into_spool(lab.daemon.directory / "data" / "spool.db", records)
    lab.daemon.start()
    wait_until(lambda: lab.count(power) >= before + 40, "the good ones are stored")
    lab.wait_for_samples(contact, 5)
    undecodable = lab.daemon.events("record_undecodable")
    assert [line["hex"] for line in undecodable][:1] == [b"garbage".hex()]
    assert [(line["meter"], line["seq"]) for line in lab.daemon.events("sample_refused")] == \
        [(str(stranger), str(now_us))]
    assert lab.number(f"select count(*) from sample where meter_id = '{stranger}'") == 0
    lab.daemon.stop()
    with sqlite3.connect(lab.daemon.directory / "data" / "spool.db") as spool:
        assert spool.execute("select count(*) from record").fetchone()[0] <= 5, "the spool was emptied"
    spool.close()


def test_seq_goes_up_past_what_the_spool_holds(lab, device):
    """The clock was set back between two starts."""
    _, power, _ = lab.add_instrument(device.port)
    lab.daemon.start()
    lab.wait_for_samples(power, 5)
    lab.daemon.stop()
    ahead_us = time.time_ns() // 1000 + 3_600_000_000
    with sqlite3.connect(lab.daemon.directory / "data" / "spool.db") as spool:
        spool.execute("update state set last_id = ?", (ahead_us,))
    spool.close()
    before = lab.count(power)
    lab.daemon.start()
    lab.wait_for_samples(power, 5)
    lab.daemon.stop()
    assert lab.number(f"select count(*) from sample where meter_id = '{power}' and seq > {ahead_us}") \
        == lab.count(power) - before


def test_foreign_server(lab):
    foreign = ForeignMeter()
    _, power, contact = lab.add_instrument(foreign.port)
    try:
        lab.daemon.start()
        lab.wait_for_samples(power, 20)
        lab.wait_for_samples(contact, 20)
        lab.daemon.stop()
    finally:
        foreign.close()
    assert lab.rows(f"select distinct power_mw, energy_mwh, contact from sample where meter_id = '{power}'") == \
        [["1234500", "77250000", ""]]
    assert lab.rows(f"select distinct power_mw, contact from sample where meter_id = '{contact}'") == [["", "t"]]
    assert int(lab.daemon.events("meter_stats")[-1]["failed"]) == 0


def test_hostile_peers_harm_nobody(lab, device):
    """Listeners that say nothing, hang up, or talk nonsense, beside a meter that is fine."""
    listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(3)]

    def serve(listener, what):
        try:
            while True:
                connection, _ = listener.accept()
                if what == "close":
                    connection.close()
                elif what == "nonsense":
                    connection.sendall(bytes(range(256)) * 40)
                kept.append(connection)
        except OSError:
            return

    kept = []
    for listener, what in zip(listeners, ("silence", "close", "nonsense")):
        threading.Thread(target=serve, args=(listener, what), daemon=True).start()
        lab.add_meter(what, lab.add_resource(what), listener.getsockname()[1], timeout_ms=100)
    _, power, contact = lab.add_instrument(device.port)
    try:
        lab.daemon.start()
        lab.wait_for_samples(power, 40)
        wait_until(lambda: len(lab.daemon.events("meter_silent")) == 3, "the three are told")
        lab.daemon.stop()
    finally:
        for listener in listeners:
            listener.close()
    for unit, meter in ((1, power), (2, contact)):
        assert device.answered[unit] - 1 <= lab.count(meter) <= device.answered[unit]
