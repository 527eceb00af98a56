"""Polling and ingest."""

import contextlib
import datetime
import json
import os
import re
import subprocess
import tempfile
import time

from bench import sides
from bench.measure import Figure, alternate, note
from bench.stack import Stack
from support.daemon import Daemon, build_directory

SECONDS_A_TURN = 3600  # of sample time, so that turns don't meet
SIM_METERS = 450  # connections that one simulator takes, with some to spare


@contextlib.contextmanager
def simulator():
    """One virtual instrument that answers on every loopback address; yields its port."""
    scenario = {"instruments": [{
        "code": "cmm", "port": 0, "meter_unit": 1, "contact_unit": 11, "serial": 1, "rated_w": 3000, "standby_w": 30,
        "ripple_permille": 4, "counter_wh": 1000, "cycle_s": 120,
        "script": [{"at_s": 0, "power_w": 30, "contact": False}, {"at_s": 60, "power_w": 2400, "contact": True}]}]}
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        json.dump(scenario, file)
        file.flush()
        command = [str(build_directory() / "clients/sim/labtab-sim"), "--bind=0.0.0.0", "--any-port", "--exit-on-eof",
                   file.name]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            try:
                yield int(re.search(r"\bport=(\d+)", process.stdout.readline()).group(1))
            finally:
                process.stdin.close()
                process.wait(10)


def add_meters(stack, ports, count):
    """Each has an address of its own, hence a connection, and a resource with a run rule."""
    stack.sql(f"""
        insert into meter (id, resource_id, code, profile, host, port, modbus_unit, poll_ms, timeout_ms, rated_w)
          select bench.id(50, n), bench.id(3, n), 'm' || n, 'eastron_sdm630', '127.1.' || n / 250 || '.' || n % 250 + 1,
              (array{ports})[n % {len(ports)} + 1], 1, 1000, 500, 3000 from generate_series(1, {count}) n;
        insert into run_rule (resource_id, basis) select bench.id(3, n), 'power' from generate_series(1, {count}) n""")


def last_stats(daemon):
    events = daemon.events("meter_stats")
    return {name: int(value) for name, value in events[-1].items() if value.isdigit()} if events else None


def poll(stack, seconds):
    """CPU of the meter process in per cent of a core, and its figures, over about `seconds`."""
    daemon = Daemon("--role=meter", f"--database={stack.database}", "--log-level=debug").start()
    try:
        time.sleep(10)  # connections are made
        pid = daemon.process.pid
        begin, cpu = time.monotonic(), sides.cpu_seconds(pid)
        time.sleep(seconds)
        percent = 100 * (sides.cpu_seconds(pid) - cpu) / (time.monotonic() - begin)
        deadline = time.monotonic() + 15
        seen = len(daemon.events("meter_stats"))
        while len(daemon.events("meter_stats")) == seen and time.monotonic() < deadline:
            time.sleep(0.2)
        return percent, last_stats(daemon)
    finally:
        daemon.close()


def polling(settings, count=1000):
    """`count` meters at 1 Hz into PostgreSQL."""
    with Stack(firms=2, resources=count, qualified=0) as stack, contextlib.ExitStack() as simulators:
        ports = [simulators.enter_context(simulator()) for _ in range(-(-count // SIM_METERS))]
        add_meters(stack, ports, count)
        percent, stats = poll(stack, 10 if settings.is_quick else 30)
        if not stats or stats["failed"] > stats["answered"] // 100 or stats["behind"] > 5 * count:
            raise sides.SideError(f"the meters were not all polled: {stats}")
        note(f"{stats}")
        name = f"polling_{count}"
        yield Figure(f"{name}_cpu", "%", [percent], [100], "one core", "<= 0.10")
        yield Figure(f"{name}_late_p99", "ms", [stats["late_p99_ms"]], [10], "the limit", "<= 1")


class Ingest:
    """Samples of 100 meters, one a second each, by fn.ingest_samples and by COPY."""

    METERS = 100

    def __init__(self, stack, rows):
        self.stack = stack
        self.rows = rows
        self.turn = 0

    def next_turn(self):
        """First sequence number and first instant."""
        self.turn += 1
        begin = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)
        return self.turn * 10 ** 7, begin + datetime.timedelta(seconds=self.turn * SECONDS_A_TURN)

    def statement(self, states):
        seq, begin = self.next_turn()
        self.stack.checkpoint()
        command = [str(build_directory() / "tests/bench/ingest_load"), f"--database={self.stack.database} user=labtab_meter",
                   f"--rows={self.rows}", f"--meters={self.METERS}", f"--first-seq={seq}",
                   f"--begin={int(begin.timestamp())}", f"--states={'yes' if states else 'no'}"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        if done.returncode != 0:
            raise sides.SideError(done.stderr.strip())
        return float(done.stdout)

    def copy(self):
        """One COPY of as many rows of the same kind into the same table, from a file in memory."""
        seq, begin = self.next_turn()
        directory = "/dev/shm" if os.path.isdir("/dev/shm") else None
        with tempfile.NamedTemporaryFile("w", dir=directory, encoding="ascii") as file:
            for n in range(self.rows):
                meter, tick = n % self.METERS, n // self.METERS
                at = (begin + datetime.timedelta(seconds=tick)).strftime("%Y-%m-%d %H:%M:%S+00")
                file.write(f"00000000-0032-7000-8000-{meter + 1:012x}\t{seq + tick}\t{at}\t{tick * 1000000}\t500\t2400000\t"
                           f"{1000000 + tick * 667}\t\\N\t0\n")
            file.flush()
            self.stack.checkpoint()
            begin = time.monotonic()
            self.stack.sql(f"\\copy sample (meter_id, seq, at, mono_us, half_us, power_mw, energy_mwh, contact, quality)"
                           f" from '{file.name}'")
            return self.rows / (time.monotonic() - begin)


def ingest(settings):
    """Rows a second on one connection: batches of 1,000 with a commit each, against one COPY."""
    with Stack(firms=2, resources=Ingest.METERS, qualified=0) as stack:
        add_meters(stack, [502], Ingest.METERS)
        side = Ingest(stack, 50000 if settings.is_quick else 200000)
        stack.sql("select fn.sample_partition('2026-01-01')")
        taken = alternate(settings.rounds, plain=lambda: side.statement(False), states=lambda: side.statement(True),
                          copy=side.copy)
        yield Figure("ingest", "1/s", taken["plain"], taken["copy"], "COPY of the same rows", ">= 0.5")
        yield Figure("ingest_states", "1/s", taken["states"], taken["copy"], "the same; a run state a meter and batch")
