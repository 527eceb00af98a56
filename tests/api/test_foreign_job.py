"""The main job with every role running and a meter that is not ours: pymodbus plays an SDM630 and a contact
module. Firm books, technician opens the session, the instrument runs, finance gets the invoice."""

import datetime
import threading
import time

import pytest

from booking_support import act, must_book, site_time
from support.foreign_meter import ForeignMeter
from support.lab import NEVER_CLOSED

RATE = 30  # the daemon's clock runs so much faster; the meter with it
POLL_MS = 200
POWER_W = 2400
IDLE_W = 30
RUN_S = 600
DEADLINE_S = 60


class Instrument:
    """What the foreign meter shows: the counter rises with the power, in the daemon's time."""

    def __init__(self):
        self.meter = ForeignMeter(IDLE_W, 100, False)
        self.lock = threading.Lock()
        self.energy_ws = 100 * 3_600_000
        self.power_w = IDLE_W
        self.at = time.monotonic()
        self.run_ws = 0
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self._live, daemon=True)
        self.thread.start()

    def _advance(self):
        now = time.monotonic()
        worked = (now - self.at) * RATE * self.power_w
        self.energy_ws += worked
        self.run_ws += worked if self.power_w == POWER_W else 0
        self.at = now
        self.meter.set(self.power_w, self.energy_ws / 3_600_000, self.power_w == POWER_W)

    def _live(self):
        while not self.ended.wait(0.02):
            with self.lock:
                self._advance()

    def turn(self, power_w):
        with self.lock:
            self._advance()
            self.power_w = power_w
            self._advance()

    def close(self):
        self.ended.set()
        self.thread.join(10)
        self.meter.close()


@pytest.fixture
def instrument():
    made = Instrument()
    yield made
    made.close()


def until(look, what):
    deadline = time.monotonic() + DEADLINE_S
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError(f"not in time: {what}")


def minute_of(instant):
    return int(datetime.datetime.fromisoformat(instant.replace("Z", "+00:00")).timestamp()) // 60


def add_instrument(lab, port):
    code = lab.resource(hours=NEVER_CLOSED, tariff={"price_num": 20_000, "setup_fee": 5_000}, tolerance_s=7200)
    common = {"resource": code, "host": "127.0.0.1", "port": port, "poll_ms": POLL_MS}
    lab.add("meters", code=f"{code}_power", profile="eastron_sdm630", modbus_unit=1, rated_w=3000, **common)
    lab.add("meters", code=f"{code}_contact", profile="contact_8ch", modbus_unit=2, **common)
    lab.add("run_rules", resource=code, basis="both", on_w=400, off_w=200, standby_w=15)
    return code


def test_main_job_on_a_foreign_meter(lab, instrument):
    daemon = lab.daemon
    technician, finance = lab.client("technician"), lab.client("finance")
    code = add_instrument(lab, instrument.meter.port)
    firm = lab.firm()
    person = lab.person(firm)
    daemon.set_clock(site_time("24 09:55"), RATE)
    lab.apply()
    booking = must_book(lab.client(person), code, "24 10:30", "24 12:00")
    until(lambda: finance.get(f"/v1/runs?resource={code}&state=idle").json["items"], "the meter sees it idle")

    session = technician.post("/v1/sessions/start", {"booking": booking["id"]})
    assert session.status == 201, session
    instrument.turn(POWER_W)
    time.sleep(RUN_S / RATE)
    instrument.turn(IDLE_W)
    until(lambda: [run for run in finance.get(f"/v1/runs?resource={code}&state=run").json["items"] if run["end"]],
          "the run has ended")
    ended = act(technician, f"/v1/sessions/{session.json['id']}/finish", session.json)
    assert ended.status == 200, ended

    def usage():
        daemon.tick()
        return finance.get(f"/v1/usage?session={session.json['id']}").json["items"]

    [used] = until(usage, "the usage is there")
    assert (used["status"], used["charge_basis"], used["billable_s"]) == ("ready", "used", used["metered_s"]), used
    # each end of the run is seen at most a poll late, and the clock goes on between two commands of the test
    poll_s = RATE * POLL_MS // 1000
    run_s = instrument.run_ws / POWER_W
    assert abs(used["metered_s"] - run_s) <= 2 * poll_s + 1, (used, run_s)
    [run] = finance.get(f"/v1/runs?resource={code}&state=run").json["items"]
    assert abs(run["energy_mwh"] / 1000 - instrument.run_ws / 3600) <= POWER_W * 2 * poll_s / 3600 + 1, (run, instrument.run_ws)

    asked = finance.post("/v1/billing_runs", {"site": "siheung", "month": "2026-11", "firm": firm})
    assert asked.status == 202, asked
    daemon.tick()
    [invoice] = until(lambda: finance.get(f"/v1/invoices?firm={firm}").json["items"], "the invoice is there")
    [use, setup] = invoice["lines"]
    # seconds are dropped at both ends of the run
    minutes = max(1, minute_of(used["metered_end"]) - minute_of(used["metered_start"]))
    assert use["fee"] == (2 * 20_000 * minutes + 60) // 120, (use, used)
    assert setup["fee"] == 5_000
    fee = use["fee"] + 5_000
    assert (invoice["fee"], invoice["support"], invoice["tax"]) == (fee, 0, fee // 10)
    assert invoice["total"] == (fee + fee // 10) // 10 * 10
    evidence = finance.get(f"/v1/invoices/{invoice['id']}/lines/1/evidence").json["items"]
    meters = {sample["meter"]: sample["count"] for part in evidence for sample in part["samples"]}
    assert set(meters) == {f"{code}_power", f"{code}_contact"}
    assert all(count >= RUN_S // poll_s // 2 for count in meters.values()), meters
