"""lib/pg against a real server, and against one that is killed and restarted under load."""

import json
import os
import pathlib
import subprocess
import threading
import time

import pytest

from support.cluster import Cluster

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAMS = pathlib.Path(os.environ.get("LABTAB_BUILD", ROOT / "build")) / "tests" / "unit" / "pg"
LOAD_S = 6
RECOVERY_BOUND_S = 30
DEADLINE_S = 120


@pytest.fixture(name="cluster", scope="module")
def make_cluster():
    # With fsync: what was counted as done must survive a crash of the server.
    with Cluster() as cluster:
        yield cluster


def program(name):
    path = PROGRAMS / name
    assert path.exists(), f"{path} is not built (LABTAB_BUILD names the build directory)"
    return str(path)


@pytest.mark.parametrize("name", ["check_pool", "check_share", "check_sync"])
def test_promises(cluster, name):
    cluster.create_database(name)
    done = subprocess.run(
        [program(name), cluster.conninfo(name)], capture_output=True, text=True,
        timeout=DEADLINE_S, check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


class Load:
    """The driver, making requests until it is told to stop."""

    def __init__(self, conninfo):
        self.process = subprocess.Popen(
            [program("pool_driver"), conninfo], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True,
        )
        self.recoveries = []
        self.findings = None
        self.reader = threading.Thread(target=self._read)
        self.reader.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.reader.join()

    def _read(self):
        for line in self.process.stdout:
            found = json.loads(line)
            if "recovered_ms" in found:
                self.recoveries.append(found["recovered_ms"])
            else:
                self.findings = found

    def wait_for_recovery(self):
        """Says that the server is back; returns once a request has succeeded since."""
        before = len(self.recoveries)
        self.process.stdin.write("back\n")
        self.process.stdin.flush()
        deadline = time.monotonic() + RECOVERY_BOUND_S
        while len(self.recoveries) == before:
            assert time.monotonic() < deadline, f"no success {RECOVERY_BOUND_S} s after the restart"
            assert self.process.poll() is None, self.process.stderr.read()
            time.sleep(0.01)

    def finish(self):
        self.process.stdin.close()
        self.process.wait(DEADLINE_S)
        self.reader.join()
        said = self.process.stderr.read()
        assert self.process.returncode == 0, said
        return self.findings


def check(findings):
    print(findings)
    for fault, meaning in {
        "hung": "requests never called back",
        "twice": "callbacks more than once for a request",
        "wrong": "answers that belong to another request",
        "missing": "inserts counted done that are not in the table",
        "ghosts": "inserts reported as not made that are in the table",
        "torn": "transactions of which only half is in the table",
        "failed": "requests refused by PostgreSQL",
    }.items():
        assert findings[fault] == 0, f"{findings[fault]} {meaning}: {findings}"
    for work in ("done", "grouped", "split", "refused"):
        assert findings[work] > 0, findings


def test_killed_backends(cluster):
    cluster.create_database("killed")
    with Load(cluster.conninfo("killed")) as load:
        load.wait_for_recovery()
        end = time.monotonic() + LOAD_S
        while time.monotonic() < end:
            cluster.kill_backends()
            time.sleep(0.2)
        load.wait_for_recovery()
        findings = load.finish()
    check(findings)
    assert findings["lost"] > 0, f"the kills hit nothing: {findings}"


@pytest.mark.parametrize("mode", ["immediate", "fast"])
def test_restarts(cluster, mode):
    cluster.create_database(f"restarted_{mode}")
    with Load(cluster.conninfo(f"restarted_{mode}")) as load:
        load.wait_for_recovery()
        load.recoveries.clear()
        for _ in range(3):
            time.sleep(LOAD_S / 6)
            cluster.restart(mode)
            load.wait_for_recovery()
        findings = load.finish()
    print(f"first success after a restart ({mode}), ms: {load.recoveries}")
    check(findings)
    assert findings["lost"] > 0, f"the restarts hit nothing: {findings}"


def test_long_absence(cluster):
    """Nobody waits longer than the deadline for a server that is away."""
    cluster.create_database("absent")
    with Load(cluster.conninfo("absent")) as load:
        load.wait_for_recovery()
        load.recoveries.clear()
        cluster.stop("immediate")
        time.sleep(LOAD_S)
        cluster.start()
        load.wait_for_recovery()
        findings = load.finish()
    print(f"first success after a long absence, ms: {load.recoveries}")
    check(findings)
    assert findings["busy"] > 0, f"requests were not refused at their deadline: {findings}"
