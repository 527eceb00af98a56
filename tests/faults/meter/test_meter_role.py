"""From the wire to stored evidence: every answered poll is a sample, once; spans follow from samples."""

import os
import signal
import time

from meter_support import wait_until

STEP_MWH = 10_000  # one step of the meter's counter


def settle(lab, meters, device):
    """Ends the role in order: what the devices have answered is in the database afterwards."""
    lab.daemon.stop()
    counts = {unit: lab.count(meter) for unit, meter in meters.items()}
    # A request that is under way when polling stops is answered into the void.
    for unit, count in counts.items():
        assert device.answered[unit] - 1 <= count <= device.answered[unit], (counts, device.answered)


def expected_runs(lab, power, contact):
    """Runs as the samples tell them, by a reckoning of our own: from the first sample that makes both true to the
    first that makes one false."""
    rows = lab.rows(f"""
        select (extract(epoch from at) * 1000000)::bigint, coalesce(power_mw::text, ''), coalesce(contact::text, '')
          from sample where meter_id in ('{power}', '{contact}') order by at""")
    runs, watts, closed, start = [], None, None, None
    for at, power_mw, is_closed in rows:
        watts = int(power_mw) // 1000 if power_mw else watts
        closed = is_closed == "true" if is_closed else closed
        if watts is None or closed is None:
            continue
        runs_now = closed and watts >= 50000
        if runs_now and start is None:
            start = int(at)
        elif not runs_now and start is not None:
            runs.append((start, int(at)))
            start = None
    return runs if start is None else [*runs, (start, None)]


def run_for(lab, device, meter, samples, watts=360000.0):
    device.instrument.set(watts, True)
    lab.wait_for_samples(meter, samples)


def test_run_of_known_power_is_a_span_with_its_energy(lab, device):
    resource, power, contact = lab.add_instrument(device.port)
    lab.daemon.start()
    lab.wait_for_samples(power, 10)
    before = device.instrument.read()[1]
    run_for(lab, device, power, 60)
    device.instrument.set(100.0, False)
    after = device.instrument.read()[1]
    wait_until(lambda: lab.spans(resource)[-1][1] == "idle", "the run is over")
    lab.wait_for_samples(power, 10)
    settle(lab, {1: power, 2: contact}, device)

    spans = lab.check_spans(resource)
    runs = [span for span in spans if span[1] == "run"]
    expected = expected_runs(lab, power, contact)
    assert len(runs) == len(expected) == 1, (spans, expected)
    for got, want in zip(runs[0][2:4], expected[0]):
        assert abs(got - want) <= 100_000, (runs, expected)  # the two clocks' drift
    # Between two polls nobody knows when the load changed.
    poll_mwh = 360_000 * 1000 * 200 // 3_600_000
    assert abs(runs[0][4] - (after - before) * 1000) <= 2 * STEP_MWH + poll_mwh, (runs, before, after)
    counted = [int(n) for row in lab.rows(f"""
        select min(energy_mwh), max(energy_mwh) from sample where meter_id = '{power}'""") for n in row]
    total = sum(span[4] for span in spans)
    assert abs(total - (counted[1] - counted[0])) <= STEP_MWH, (spans, counted)


def test_samples_tell_when_and_how_well_they_were_read(lab, device):
    _, power, contact = lab.add_instrument(device.port)
    lab.daemon.start()
    lab.wait_for_samples(power, 20)
    settle(lab, {1: power, 2: contact}, device)
    for meter in (power, contact):
        rows = lab.rows(f"""
            select seq, mono_us, half_us, quality, power_mw is null, contact is null,
                lag(seq) over w < seq, lag(mono_us) over w < mono_us, lag(at) over w < at
              from sample where meter_id = '{meter}' window w as (order by seq) order by seq""")
        assert [row[3] for row in rows] == ["128"] + ["0"] * (len(rows) - 1), "the first one is marked as a restart"
        assert all(int(row[2]) >= 0 for row in rows)
        assert {row[4] for row in rows} == {"f" if meter == power else "t"}
        assert {row[5] for row in rows} == {"t" if meter == power else "f"}
        assert all(row[6:] == ["t", "t", "t"] for row in rows[1:]), "seq and both clocks go up"
    assert {asked for asked in device.asked if asked[0] == 1} == {(1, 4, 52, 22)}, "one read for power and energy"


def test_killed_in_the_middle_of_a_run(lab, device):
    resource, power, contact = lab.add_instrument(device.port)
    lab.daemon.start()
    lab.wait_for_samples(power, 5)
    run_for(lab, device, power, 30)
    wait_until(lambda: lab.runs(resource), "the run is seen")
    ordinal = lab.runs(resource)[0][0]
    for _ in range(3):
        lab.wait_for_samples(power, 10)
        time.sleep(0.1)
        lab.daemon.kill()
        in_wire = dict(device.answered)
        lab.daemon.start()
        lab.wait_for_samples(power, 10)
        # All that may be missing is what was answered and not yet on disk: of two seconds at the very most.
        for unit, meter in ((1, power), (2, contact)):
            assert lab.count(meter) >= in_wire[unit] - 40
    device.instrument.set(100.0, False)
    wait_until(lambda: lab.spans(resource)[-1][1] == "idle", "the run is over")
    lab.daemon.stop()
    spans = lab.check_spans(resource)
    runs = [span for span in spans if span[1] == "run"]
    assert [run[0] for run in runs] == [ordinal], f"one run, across three deaths: {spans}"
    assert lab.rows("select meter_id, seq, count(*) from sample group by 1, 2 having count(*) > 1") == []
    assert lab.number(f"select count(*) from sample where meter_id = '{power}' and quality & 128 <> 0") == 4
    expected = expected_runs(lab, power, contact)
    assert abs(runs[0][2] - expected[0][0]) <= 100_000, (runs, expected)


def test_database_away_for_a_while(lab, device, server):
    resource, power, contact = lab.add_instrument(device.port)
    lab.daemon.start()
    lab.wait_for_samples(power, 10)
    for mode in ("fast", "immediate"):
        server.stop(mode)
        goal = device.answered[1] + 60
        device.instrument.set(360000.0, True)
        wait_until(lambda goal=goal: device.answered[1] >= goal, "polling goes on without a database")
        device.instrument.set(100.0, False)
        goal = device.answered[1] + 30
        wait_until(lambda goal=goal: device.answered[1] >= goal, "polling goes on without a database")
        server.start()
        wait_until(lambda goal=goal: lab.count(power) >= goal, "what was read meanwhile is stored")
    settle(lab, {1: power, 2: contact}, device)
    spans = lab.check_spans(resource)
    runs = [span for span in spans if span[1] == "run"]
    expected = expected_runs(lab, power, contact)
    assert len(runs) == len(expected) == 2, (spans, expected)
    for run, want in zip(runs, expected):
        assert abs(run[2] - want[0]) <= 100_000 and abs(run[3] - want[1]) <= 100_000, (runs, expected)
    assert len(lab.daemon.events("ingest_failed")) == len(lab.daemon.events("ingest_resumed")) == 2


def test_stopped_without_a_database_and_started_again(lab, device, server):
    _, power, contact = lab.add_instrument(device.port)
    lab.daemon.start()
    lab.wait_for_samples(power, 10)
    server.stop("fast")
    goal = device.answered[1] + 30
    wait_until(lambda: device.answered[1] >= goal, "polling goes on")
    lab.daemon.stop()  # ends in order all the same
    answered = dict(device.answered)
    lab.daemon.spawn()  # finds no database, and waits for it
    wait_until(lambda: lab.daemon.events("not_loaded"), "it tried")
    assert device.answered == answered, "nothing is polled before it is known what"
    server.start()
    wait_until(lambda: lab.count(power) >= answered[1] + 5, "old and new samples are stored")
    settle(lab, {1: power, 2: contact}, device)


def test_stopping_stores_everything_first(lab, device):
    _, power, contact = lab.add_instrument(device.port)
    lab.daemon.start()
    wait_until(lambda: device.answered[1] >= 15, "it polls")
    settle(lab, {1: power, 2: contact}, device)
    assert not lab.daemon.events("samples_lost")


def test_hung_database_delays_nothing(lab, device, server):
    """A server that takes connections and never answers: statements run into their deadline."""
    _, power, contact = lab.add_instrument(device.port)
    lab.daemon.start()
    lab.wait_for_samples(power, 10)
    os.kill(server.server.pid, signal.SIGSTOP)
    backends = [int(pid) for pid in os.listdir("/proc") if pid.isdigit() and parent_of(pid) == server.server.pid]
    for pid in backends:
        os.kill(pid, signal.SIGSTOP)
    goal = device.answered[1] + 100
    try:
        wait_until(lambda: device.answered[1] >= goal, "polling goes on")
        wait_until(lambda: lab.daemon.events("ingest_failed"), "the hung server is noticed")
    finally:
        for pid in [*backends, server.server.pid]:
            os.kill(pid, signal.SIGCONT)
    wait_until(lambda: lab.count(power) >= goal, "what was read meanwhile is stored")
    settle(lab, {1: power, 2: contact}, device)


def parent_of(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            return int(file.read().rsplit(")", 1)[1].split()[1])
    except OSError:
        return 0


def test_dev_clock_is_followed(lab, device):
    """Set before the start, then set again while polling: samples bear the time that the clock shows."""
    _, power, _ = lab.add_instrument(device.port)
    hour_us = 3_600_000_000
    shown_us = 1_893_456_000_000_000  # 2030-01-01
    lab.sql(f"insert into dev_clock (real_us, shown_us, rate) values ({time.time_ns() // 1000}, {shown_us}, 1)")
    lab.daemon.command.append("--dev")
    lab.daemon.start()
    lab.wait_for_samples(power, 10)
    lab.sql(f"update dev_clock set real_us = {time.time_ns() // 1000}, shown_us = {shown_us + hour_us}")
    wait_until(lambda: lab.number("select count(*) from sample where at >= '2030-01-01 01:00'") > 10, "the jump is seen")
    lab.sql(f"update dev_clock set real_us = {time.time_ns() // 1000}, shown_us = {shown_us + 2 * hour_us}, rate = 0")
    wait_until(lambda: lab.number("select count(*) from sample where at = '2030-01-01 02:00'") > 10, "it stands still")
    lab.daemon.stop()
    assert lab.number("select count(*) from sample where at < '2030-01-01' or at > '2030-01-01 02:00'") == 0


def test_full_spool_is_an_alarm_and_not_an_end(lab, device, server):
    meters = [lab.add_meter(f"m{n}", lab.add_resource(f"r{n}", "power"), device.port) for n in range(10)]
    lab.daemon.command.append("--spool-max=1000")
    lab.daemon.start()
    lab.wait_for_samples(meters[0], 3)
    server.stop("fast")
    wait_until(lambda: lab.daemon.events("spool_full"), "the spool is full")
    goal = device.answered[1] + 50
    wait_until(lambda: device.answered[1] >= goal, "polling goes on")
    server.start()
    wait_until(lambda: lab.daemon.events("spool_has_room"), "the spool was emptied")
    for meter in meters:
        lab.wait_for_samples(meter, 3)
    lab.daemon.stop()
    stats = lab.daemon.events("meter_stats")[-1]
    assert len(lab.daemon.events("spool_full")) == 1
    assert int(stats["refused"]) == int(lab.daemon.events("spool_has_room")[0]["lost"]) > 0
    assert int(stats["spooled"]) == int(stats["stored"]) == lab.number("select count(*) from sample")
    assert int(stats["answered"]) == int(stats["spooled"]) + int(stats["refused"])
