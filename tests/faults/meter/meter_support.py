"""A virtual meter, and a lab with the `meter` role alone."""

import socketserver
import struct
import sys
import threading
import time
import uuid

from support.cluster import Cluster
from support.daemon import TOP, Daemon, run

PATIENCE_S = 60
POWER = 52  # addresses of an SDM630: W and kWh as float32
ENERGY = 72


def wait_until(condition, what):
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, f"still not so after {PATIENCE_S} s: {what}"
        time.sleep(0.02)


class Instrument:
    """What the meter measures: a load that can be set, and the energy that it took."""

    def __init__(self):
        self.lock = threading.Lock()
        self.since = time.monotonic()
        self.watts = 100.0
        self.wh = 1000.0
        self.contact = False

    def set(self, watts, contact):
        with self.lock:
            self._pass()
            self.watts, self.contact = watts, contact

    def read(self):
        with self.lock:
            self._pass()
            return self.watts, self.wh, self.contact

    def _pass(self):
        now = time.monotonic()
        self.wh += self.watts * (now - self.since) / 3600
        self.since = now


class VirtualMeter(socketserver.ThreadingTCPServer):
    """Unit 1: an SDM630; unit 2: contact inputs. `answer_of` may be replaced to misbehave: it takes
    (unit, function, address, count) and returns the reply's PDU, or None for silence."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, port=0):
        self.instrument = Instrument()
        self.lock = threading.Lock()
        self.answered = {1: 0, 2: 0}  # good replies sent, by unit
        self.asked = []
        self.connections = set()
        self.answer_of = self.answer
        super().__init__(("127.0.0.1", port), Connection)
        self.port = self.server_address[1]
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def close(self):
        self.shutdown()
        self.server_close()
        with self.lock:
            for connection in self.connections:
                connection.shutdown(2)

    def answer(self, unit, function, address, count):
        watts, wh, contact = self.instrument.read()
        if (unit, function) == (2, 2):
            return bytes([function, 1, int(contact)])
        if (unit, function) != (1, 4):
            return bytes([function | 0x80, 1])
        words = bytearray(2 * 100)
        words[2 * POWER:2 * POWER + 4] = struct.pack(">f", watts)
        # In steps of 0.01 kWh, as the device counts.
        words[2 * ENERGY:2 * ENERGY + 4] = struct.pack(">f", int(wh / 10) / 100)
        return bytes([function, 2 * count]) + words[2 * address:2 * (address + count)]


class Connection(socketserver.BaseRequestHandler):
    def setup(self):
        with self.server.lock:
            self.server.connections.add(self.request)

    def finish(self):
        with self.server.lock:
            self.server.connections.discard(self.request)

    def receive(self, count):
        data = b""
        while len(data) < count:
            more = self.request.recv(count - len(data))
            if not more:
                return None
            data += more
        return data

    def handle(self):
        try:
            while (frame := self.receive(12)) is not None:
                self.reply(*struct.unpack(">HHHBBHH", frame))
        except OSError:
            pass

    def reply(self, transaction, _, __, unit, function, address, count):
        with self.server.lock:
            self.server.asked.append((unit, function, address, count))
        pdu = self.server.answer_of(unit, function, address, count)
        if pdu is None:
            return
        header = struct.pack(">HHHB", transaction, 0, len(pdu) + 1, unit)
        with self.server.lock:
            self.request.sendall(header + pdu)
            if not pdu[0] & 0x80:
                self.server.answered[unit] += 1


class Lab:
    """A database of its own with one site, and the meter role upon it."""

    def __init__(self, cluster, name):
        self.cluster = cluster
        self.name = name
        cluster.create_database(name)
        cluster.sql(f"alter database {name} owner to labtab_owner")
        self.database = f"--database=host={cluster.directory} port=5432 dbname={name}"
        migrated = run("--migrate", self.database)
        assert migrated.returncode == 0, migrated.stderr
        self.site = uuid.uuid4()
        self.sql(f"insert into site (id, code, name, zone) values ('{self.site}', 'lab', 'Lab', 'Asia/Seoul')")
        self.daemon = Daemon("--role=meter", self.database, "--log-level=debug", "--db-timeout=2000",
                             "--db-reconnect-max=200")

    def close(self):
        print(self.daemon.log()[-12000:] if self.daemon.log_path.exists() else "", file=sys.stderr)
        self.daemon.close()

    def sql(self, text):
        return self.cluster.sql(text, self.name)

    def rows(self, query):
        """Rows as lists of text; NULL is ''."""
        out = self.sql(query)
        return [line.split("|") for line in out.splitlines()]

    def number(self, query):
        return int(self.sql(query))

    def add_resource(self, code, basis="both", gap_ms=30000):
        """Short times, so that a test needs few seconds."""
        resource = uuid.uuid4()
        self.sql(f"""
            insert into resource (id, site_id, code, kind, name)
              values ('{resource}', '{self.site}', '{code}', 'instrument', '{code}');
            insert into run_rule (resource_id, basis, on_w, off_w, standby_w, contact_on_ms, contact_off_ms,
                                  hold_ms, gap_ms)
              values ('{resource}', '{basis}', 50000, 20000, 10, 100, 200, 500, {gap_ms});""")
        return resource

    def add_meter(self, code, resource, port, profile="eastron_sdm630", unit=1, poll_ms=50, timeout_ms=500,
                  rated_w=1000000, host="127.0.0.1"):
        meter = uuid.uuid4()
        self.sql(f"""
            insert into meter (id, resource_id, code, profile, host, port, modbus_unit, poll_ms, timeout_ms, rated_w)
              values ('{meter}', '{resource}', '{code}', '{profile}', '{host}', {port}, {unit}, {poll_ms},
                      {timeout_ms}, {rated_w or 'null'})""")
        return meter

    def add_instrument(self, port):
        """One resource with a power meter and a contact; their ids."""
        resource = self.add_resource("press")
        return (resource, self.add_meter("press_power", resource, port),
                self.add_meter("press_contact", resource, port, "contact_8ch", unit=2, rated_w=None))

    def count(self, meter):
        return self.number(f"select count(*) from sample where meter_id = '{meter}'")

    def wait_for_samples(self, meter, more):
        goal = self.count(meter) + more
        wait_until(lambda: self.count(meter) >= goal, f"{goal} samples of {meter}")

    def spans(self, resource):
        """(ordinal, state, start, end or None, energy, quality), times in us."""
        rows = self.rows(f"""
            select ordinal, state, (extract(epoch from started_at) * 1000000)::bigint,
                (extract(epoch from ended_at) * 1000000)::bigint, energy_mwh, quality
              from span where resource_id = '{resource}' order by ordinal""")
        return [(int(r[0]), r[1], int(r[2]), int(r[3]) if r[3] else None, int(r[4]), int(r[5])) for r in rows]

    def check_spans(self, resource):
        """Ordinals without a hole, each span begins where the last one ended, the last one is open."""
        spans = self.spans(resource)
        assert [span[0] for span in spans] == list(range(1, len(spans) + 1)), spans
        for one, next_one in zip(spans, spans[1:]):
            assert one[3] == next_one[2], f"a hole or an overlap: {one}, {next_one}"
        assert spans[-1][3] is None, spans
        return spans

    def runs(self, resource):
        return [span for span in self.spans(resource) if span[1] == "run"]


def new_cluster():
    # A commit must have left the process: some tests crash it (not the machine, so without fsync).
    cluster = Cluster(fast=True, settings={"synchronous_commit": "on"})
    cluster.start()
    cluster.sql((TOP / "schema" / "roles.sql").read_text(encoding="utf-8"))
    return cluster
