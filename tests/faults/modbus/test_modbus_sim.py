"""labtab-sim, seen by our engine and by mbpoll."""

import json
import pathlib
import re
import shutil
import signal
import socket
import struct
import subprocess

import pytest
from modbus_support import DEADLINE_S, ROOT, Lines, program

SIHEUNG = ROOT / "clients" / "sim" / "siheung.json"


class Sim:
    def __init__(self, scenario, *options):
        self.process = subprocess.Popen(
            [program("clients/sim/labtab-sim"), "--any-port", *options, str(scenario)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.lines = Lines(self.process.stdout)
        self.ports = {}
        self.units = {}
        while (line := self.lines.next()) != "ready":
            code, port, meter, contact = re.fullmatch(
                r"instrument=(\S+) port=(\d+) meter_unit=(\d+) contact_unit=(\d+)", line
            ).groups()
            self.ports[code] = int(port)
            self.units[code] = int(meter), int(contact)

    def say(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self.lines.next()

    def truth(self, code):
        answer = json.loads(self.say("truth"))
        return next(i for i in answer["instruments"] if i["code"] == code)

    def close(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(DEADLINE_S)


def scenario(tmp_path, **changes):
    instrument = {"code": "cmm", "rated_w": 3000, "standby_w": 100, "counter_wh": 5000, "serial": 70000}
    path = tmp_path / "scenario.json"
    path.write_text(json.dumps({"instruments": [instrument | changes]}))
    return path


@pytest.fixture
def start():
    sims = []

    def start_one(*arguments):
        sims.append(Sim(*arguments))
        return sims[-1]

    yield start_one
    for sim in sims:
        assert sim.close() == 0


def float_at(words, index):
    return struct.unpack(">f", struct.pack(">HH", *words[index : index + 2]))[0]


def mbpoll(port, unit, kind, addr, count):
    """mbpoll's own reading of `count` values, as text by address."""
    done = subprocess.run(
        ["mbpoll", "-m", "tcp", "-p", str(port), "-a", str(unit), "-t", kind, "-0", "-r", str(addr),
         "-c", str(count), "-1", "127.0.0.1"],
        capture_output=True, text=True, timeout=DEADLINE_S, check=False,
    )
    return dict(re.findall(r"^\[(\d+)\]:\s+(\S+)", done.stdout, re.M)), done.stderr


def test_registers_are_the_truth(start, tmp_path, driver):
    sim = start(scenario(tmp_path))
    driver.link(sim.ports["cmm"])
    words = driver.ask(addr=0, count=80)["values"]
    assert float_at(words, 0x34) == 100.0
    assert float_at(words, 0x46) == 60.0
    assert float_at(words, 0x48) == pytest.approx(5.0, abs=0.001)
    assert driver.ask(addr=0xFC00, count=2, function=3)["values"] == [1, 70000 - 65536]
    assert driver.ask(unit=2, function=2, count=8)["values"] == [0] * 8
    assert sim.say("run cmm 900 2500") == "ok"
    assert float_at(driver.ask(addr=0x34, count=2)["values"], 0) == 2500.0
    assert driver.ask(unit=2, function=2, count=8)["values"] == [1] + [0] * 7
    assert sim.say("off cmm") == "ok"
    assert float_at(driver.ask(addr=0x34, count=2)["values"], 0) == 0.0


def test_interlock_follows_its_coil(start, tmp_path, driver):
    sim = start(scenario(tmp_path))
    driver.link(sim.ports["cmm"])
    assert driver.result(driver.write(0, 0xFF00, unit=2, function=5))["outcome"] == "done"
    assert driver.ask(unit=2, function=2, count=2)["values"] == [0, 1]


def test_run_ends_by_itself_and_energy_is_exact(start, tmp_path):
    sim = start(scenario(tmp_path), "--rate=10000")
    assert sim.say("run cmm 900 3500") == "ok"
    while (truth := sim.truth("cmm"))["contact"]:
        pass
    (run,) = truth["runs"]
    assert run["to_us"] - run["from_us"] == 900_000_000
    assert run["energy_mwh"] in (875_000, 874_999)  # cut to whole mWh at both ends
    assert truth["counter_mwh"] == 5_000_000 + truth["energy_mwh"]


def test_refusals_of_commands(start, tmp_path):
    sim = start(scenario(tmp_path))
    for line in ("run cmm 900", "run x 1 1", "run cmm -1 1", "fault cmm odd", "bogus", "idle cmm x y z",
                 "fault cmm exception 99"):
        assert sim.say(line).startswith("error: "), line


def test_mbpoll_reads_the_reference_site(start):
    if shutil.which("mbpoll") is None:
        pytest.skip("mbpoll is not installed")
    sim = start(SIHEUNG)
    assert set(sim.ports) == {"cmm", "scanner3d", "printer3d", "roughness", "vision"}
    assert len(set(sim.ports.values())) == 1, "one gateway in the scenario, one port"
    assert sim.say("run vision 900 600") == "ok"
    port, (meter, contact) = sim.ports["vision"], sim.units["vision"]
    words, _ = mbpoll(port, meter, "3:hex", 0x34, 2)
    power = float_at([int(words["52"], 16), int(words["53"], 16)], 0)
    assert power == pytest.approx(600, rel=0.005)
    bits, _ = mbpoll(port, contact, "1", 0, 8)
    assert [bits[str(n)] for n in range(8)] == ["1"] + ["0"] * 7
    serial, _ = mbpoll(port, meter, "4:hex", 0xFC00, 2)
    assert int(serial["64512"], 16) << 16 | int(serial["64513"], 16) == 21050015
    _, why = mbpoll(port, meter, "3", 0, 81)
    assert "Illegal data value" in why
    _, why = mbpoll(port, 99, "3", 0, 2)
    assert "Target device failed to respond" in why


@pytest.mark.parametrize(
    "command, expected",
    [
        ("fault cmm dead", ("timeout", None)),
        ("fault cmm late 700", ("timeout", None)),
        ("fault cmm wrong_unit", ("garbage", "unit id")),
        ("fault cmm wrong_id", ("garbage", "transaction id")),
        ("fault cmm exception 6", ("refused", None)),
    ],
)
def test_faults(start, tmp_path, driver, command, expected):
    sim = start(scenario(tmp_path))
    driver.link(sim.ports["cmm"], reply_us=300_000)
    assert sim.say(command) == "ok"
    result = driver.ask(addr=0x34, count=2)
    assert result["outcome"] == expected[0]
    if expected[1]:
        assert expected[1] in result["fault"]
    assert sim.say("fault cmm none") == "ok"
    assert driver.ask(addr=0x34, count=2)["outcome"] == "done"
    if "late" in command:
        driver.stats_until(lambda s: s["late"] == 1)


def test_half_a_query_disturbs_nobody(start, tmp_path, driver):
    sim = start(scenario(tmp_path))
    query = struct.pack(">HHHBBHH", 7, 0, 6, 1, 4, 0x34, 2)
    with socket.create_connection(("127.0.0.1", sim.ports["cmm"])) as slow:
        slow.settimeout(DEADLINE_S)
        slow.sendall(query[:3])
        driver.link(sim.ports["cmm"])
        assert driver.ask(addr=0x34, count=2)["outcome"] == "done"
        slow.sendall(query[3:9])
        assert driver.ask(addr=0x34, count=2)["outcome"] == "done"
        slow.sendall(query[9:])
        assert slow.recv(13, socket.MSG_WAITALL)[:9] == struct.pack(">HHHBBB", 7, 0, 7, 1, 4, 4)
        slow.sendall(b"\0\1\0\0\xff\xff\1\4")
        try:
            assert slow.recv(1) == b"", "a length beyond the protocol's ends the connection"
        except ConnectionResetError:
            pass


def test_ends_with_its_input(tmp_path):
    sim = Sim(scenario(tmp_path), "--exit-on-eof")
    sim.process.stdin.close()
    assert sim.process.wait(DEADLINE_S) == 0


@pytest.mark.parametrize(
    "changes, sentence",
    [
        ({"rated_w": 0}, "/instruments/0/rated_w"),
        ({"colour": "red"}, "/instruments/0/colour"),
        ({"meter_unit": 2}, "same unit id"),
        ({"script": [{"at_s": 5, "power_w": 1}, {"at_s": 5, "power_w": 1}]}, "step 1"),
        ({"fault": "exception", "fault_value": 0}, "no exception code"),
    ],
)
def test_bad_scenarios(tmp_path, changes, sentence):
    path = scenario(tmp_path, **changes)
    done = subprocess.run([program("clients/sim/labtab-sim"), str(path)], capture_output=True,
                          text=True, timeout=DEADLINE_S, check=False)
    assert done.returncode == 1 and sentence in done.stderr


def test_scenario_that_is_missing(tmp_path):
    done = subprocess.run(
        [program("clients/sim/labtab-sim"), str(pathlib.Path(tmp_path) / "no.json")],
        capture_output=True, text=True, timeout=DEADLINE_S, check=False,
    )
    assert done.returncode == 1 and "No such file" in done.stderr
