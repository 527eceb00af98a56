"""What the supervisor promises: roles are kept alive, nothing is left behind, systemd is told the truth."""

import os
import signal
import socket
import time

import pytest

from support.cluster import as_server_user
from support.daemon import Daemon, environment, program, run

PATIENCE_S = 40


def wait_until(condition, what):
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, f"still not so after {PATIENCE_S} s: {what}"
        time.sleep(0.05)


def is_running(pid):
    """A process that has ended, but was not waited for yet, does not run any more."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            return file.read().rsplit(")", 1)[1].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def descendants(pid):
    found = []
    for name in os.listdir("/proc"):
        try:
            with open(f"/proc/{name}/stat", encoding="utf-8", errors="replace") as file:
                parent = int(file.read().rsplit(")", 1)[1].split()[1])
        except (OSError, IndexError, ValueError):
            continue
        if parent == pid:
            found += [int(name), *descendants(int(name))]
    return found


def start_count(daemon, role):
    return sum(line["child"] == role for line in daemon.events("role_started"))


def ready_count(daemon, role):
    return sum(line["child"] == role for line in daemon.events("role_ready"))


@pytest.mark.parametrize("role", ["api", "meter", "jobs"])
def test_killed_role_is_started_again(labtabd, role):
    daemon = labtabd()
    port = daemon.port
    victim = daemon.role_pid(role)
    os.kill(victim, signal.SIGKILL)
    wait_until(lambda: ready_count(daemon, role) == 2, f"{role} is ready again")
    assert daemon.role_pid(role) != victim
    assert not is_running(victim)
    died = daemon.events("role_died")
    assert [(line["child"], line["signal"]) for line in died] == [(role, "9")]
    others = {"api", "meter", "jobs"} - {role}
    assert all(start_count(daemon, other) == 1 for other in others), "the others were left alone"
    assert daemon.port == port
    assert daemon.client().get("/healthz").status == 200


def test_pause_doubles_while_a_role_keeps_dying(labtabd):
    daemon = labtabd()
    for deaths in range(1, 5):
        os.kill(daemon.role_pid("meter"), signal.SIGKILL)
        wait_until(lambda: start_count(daemon, "meter") == deaths + 1, f"start {deaths + 1}")
    pauses = [int(line["pause_ms"]) for line in daemon.events("role_died")]
    assert pauses == [100, 200, 400, 800]


def test_sigterm_ends_everything_in_order(labtabd):
    daemon = labtabd()
    family = descendants(daemon.process.pid)
    assert len(family) >= 3
    daemon.stop()  # fails unless the exit code is 0
    assert not [pid for pid in family if is_running(pid)]
    ended = {(line["child"], line["code"], line["signal"]) for line in daemon.events("role_ended")}
    assert ended == {("api", "0", "0"), ("meter", "0", "0"), ("jobs", "0", "0")}
    assert not daemon.events("roles_killed")


def test_role_that_does_not_end_is_killed_at_the_deadline(labtabd):
    daemon = labtabd("--drain-timeout=1")
    stuck = daemon.role_pid("meter")
    os.kill(stuck, signal.SIGSTOP)
    daemon.process.send_signal(signal.SIGTERM)
    assert daemon.process.wait(PATIENCE_S) == 1
    daemon.process = None
    assert not is_running(stuck)
    assert len(daemon.events("roles_killed")) == 1


def test_sighup_is_passed_on_and_ends_nothing(labtabd):
    daemon = labtabd()
    pids = [daemon.role_pid(role) for role in ("api", "meter", "jobs")]
    daemon.process.send_signal(signal.SIGHUP)
    assert daemon.client().get("/healthz").status == 200
    assert all(map(is_running, pids))
    assert not daemon.events("role_died")


@pytest.fixture
def private():
    """A labtabd with a private cluster: what --dev alone does."""
    daemon = Daemon("--dev")
    yield daemon
    print(daemon.log()[-8000:])
    daemon.close()


def test_killed_supervisor_leaves_no_process(private):
    private.start()
    family = descendants(private.process.pid)
    assert len(family) > 4, "three roles, the server, and its own processes"
    private.kill()
    wait_until(lambda: not [pid for pid in family if is_running(pid)], "all are gone")
    private.start()  # the data directory can be used at once
    assert len(private.events("cluster_started")) == 2
    assert len(private.events("making_cluster")) == 1, "the data were kept"
    sockets = {line["socket"] for line in private.events("cluster_started")}
    private.stop()
    assert not [path for path in sockets if os.path.exists(path)]


def test_data_are_kept_until_told_otherwise(private):
    private.start()
    data = private.directory / "data"
    token = run("--dev", f"--data-dir={data}", "--admin-token=admin")
    assert token.returncode == 0, token.stderr
    client = private.client().as_token(token.stdout.strip())
    wait_until(lambda: client.get("/v1/firms").status == 200, "the api has heard of the token")
    private.stop()
    private.start()
    client.port = private.port
    assert client.get("/v1/firms").status == 200
    private.stop()
    private.command.append("--dev-fresh")
    private.start()
    client.port = private.port
    assert client.get("/v1/firms").status == 401


def test_number_of_a_dead_server_that_somebody_else_has_now(private):
    """Machine and server went down together; after the start the number is another process's."""
    private.start()
    private.stop()
    lock_file = private.directory / "data" / "cluster" / "postmaster.pid"
    lock_file.write_text("1\n", encoding="ascii")
    private.start()
    assert private.client().get("/readyz").status == 200


def test_private_server_tells_systemd_nothing(private):
    """PostgreSQL says READY=1 itself where it can: too early, and in our place."""
    os.chmod(private.notify.path, 0o777)
    private.start()  # which waits for READY=1
    ready = [line["child"] for line in private.events("role_ready")]
    assert sorted(ready) == ["api", "jobs", "meter"]
    assert not private.notify.wait_for("READY=1", 1), "it is said once"


def test_one_labtabd_a_data_directory(private):
    private.start()
    second = run("--dev", f"--data-dir={private.directory / 'data'}", "--listen-port=0")
    assert second.returncode == 1
    assert "is in use by another labtabd" in second.stderr
    assert private.client().get("/healthz").status == 200


def test_server_that_dies_ends_the_daemon(private):
    private.start()
    server = int(private.events("cluster_started")[0]["pid"])
    os.kill(server, signal.SIGQUIT)
    assert private.process.wait(PATIENCE_S) == 1
    private.process = None
    assert len(private.events("cluster_died")) == 1


def test_all_bad_options_are_told_at_once():
    ended = run("--listen-port=70000", "--listen-address=0.0.0.0", "--log-level=loud", "--nope",
                "--data-dir=here", "--database=user=me", "--request-timeout=soon")
    assert ended.returncode == 2
    assert ended.stdout == ""
    for name in ("listen-port", "listen-address", "log-level", "--nope", "data-dir", "request-timeout",
                 "must not name a user", "dbname is missing", "allow-remote", "behind-proxy"):
        assert name in ended.stderr, name
    assert "Sanitizer" not in ended.stderr


def test_faults_of_the_file_name_their_line(tmp_path):
    file = tmp_path / "labtab.ini"
    file.write_text("[http]\nlisten-port = 70000\nno-such = 1\n[database]\ndatabase = dbname=x\n")
    ended = run("-n", "--config", str(file))
    assert ended.returncode == 2
    assert f"({file}:2)" in ended.stderr
    assert f"({file}:3)" in ended.stderr


def test_missing_file_is_a_fault(tmp_path):
    ended = run("-n", "--dev", f"--config={tmp_path}/none.ini")
    assert ended.returncode == 2
    assert "none.ini" in ended.stderr


def test_check_only_checks(tmp_path):
    data = tmp_path / "data"
    ended = run("-n", "--dev", f"--data-dir={data}")
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
    assert not data.exists()


def test_printed_configuration_reads_back_the_same(tmp_path):
    file = tmp_path / "labtab.ini"
    first = run("--print-config", "--database=host=/run/x dbname='a b'", "--listen-port=0", "--dev",
                "--spool=/var/spool/lab # 1.db", "--log-level=debug", "--db-timeout=1234")
    assert first.returncode == 0, first.stderr
    file.write_text(first.stdout)
    second = run("--print-config", f"--config={file}")
    assert second.stderr == ""
    assert second.stdout == first.stdout
    assert "dbname='a b'" in second.stdout
    assert "1234" in second.stdout


def test_command_line_wins_over_the_file(tmp_path):
    file = tmp_path / "labtab.ini"
    file.write_text("[http]\nlisten-port = 81\nidle-timeout = 777\n[database]\ndatabase = dbname=x\n")
    printed = run("--print-config", f"--config={file}", "--listen-port=82").stdout.splitlines()
    assert "listen-port = 82" in printed
    assert "idle-timeout = 777" in printed


def test_help_and_version_need_nothing_else():
    assert run("--help", "--nope").stdout.startswith("Usage: labtabd")
    assert run("--version").stdout.startswith("labtabd ")


def test_systemd_hears_ready_and_watchdog(cluster, template):
    cluster.create_database("labtab_watched", "labtab_template")
    cluster.sql("alter database labtab_watched owner to labtab_owner")
    daemon = Daemon("--dev", f"--database=host={cluster.directory} port=5432 dbname=labtab_watched",
                    "--ping-timeout=1", env={"WATCHDOG_USEC": "400000"})
    try:
        daemon.start()  # which waits for READY=1
        assert daemon.notify.wait_for("WATCHDOG=1")
        assert daemon.notify.wait_for("WATCHDOG=1")
        hung = daemon.role_pid("jobs")
        os.kill(hung, signal.SIGSTOP)
        wait_until(lambda: daemon.events("role_silent"), "the hung role was noticed")
        drain(daemon.notify.socket)
        assert not daemon.notify.wait_for("WATCHDOG=1", 1.5), "no watchdog while a role hangs"
        os.kill(hung, signal.SIGCONT)
        assert daemon.notify.wait_for("WATCHDOG=1")
        daemon.stop()
        assert daemon.notify.wait_for("STOPPING=1")
    finally:
        daemon.close()
        cluster.drop_database("labtab_watched")


def drain(receiver):
    receiver.setblocking(False)
    try:
        while True:
            receiver.recv(4096)
    except BlockingIOError:
        return


def test_single_role_tells_systemd_itself(cluster, template):
    cluster.create_database("labtab_single", "labtab_template")
    receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    receiver.bind(f"\0labtab-test-{os.getpid()}")  # an abstract name
    receiver.settimeout(PATIENCE_S)
    daemon = Daemon(f"--database=host={cluster.directory} port=5432 dbname=labtab_single", "--role=jobs")
    daemon.env = environment(NOTIFY_SOCKET=f"@labtab-test-{os.getpid()}", WATCHDOG_USEC="200000")
    try:
        daemon.spawn()
        assert receiver.recv(100) == b"READY=1"
        assert receiver.recv(100) == b"WATCHDOG=1"
        daemon.stop()
    finally:
        receiver.close()
        daemon.close()
        cluster.drop_database("labtab_single")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has another user to drop to")
def test_unreachable_data_directory_is_told(tmp_path):
    hidden = tmp_path / "hidden"
    hidden.mkdir(mode=0o700)
    assert as_server_user()
    ended = run("--dev", f"--data-dir={hidden}/data", "--listen-port=0")
    assert ended.returncode == 1
    assert "can't reach" in ended.stderr


def test_roles_run_the_same_file(labtabd):
    daemon = labtabd()
    with open(f"/proc/{daemon.role_pid('api')}/cmdline", "rb") as file:
        assert file.read().split(b"\0")[0].decode() == os.path.realpath(program())
