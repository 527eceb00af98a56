"""labtabd as a black box: started on a free port, ready when it says so, stopped and looked after."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile

from support.client import Client
from support.notify import NotifySocket

TOP = pathlib.Path(__file__).resolve().parents[2]
SITE_FILE = TOP / "schema" / "sites" / "siheung.json"
START_TIMEOUT_S = 60
STOP_TIMEOUT_S = 40


def build_directory():
    return pathlib.Path(os.environ.get("LABTAB_BUILD", TOP / "build"))


def program(name="daemon/labtabd"):
    path = build_directory() / name
    if not path.exists():
        raise RuntimeError(f"{path} is missing: build first, or set LABTAB_BUILD")
    return str(path)


def environment(**more):
    """Ours, without what would lead the daemon somewhere else."""
    dropped = ("PG", "NOTIFY_", "WATCHDOG_", "LABTABD_")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(dropped)}
    return {**kept, **more}


def run(*arguments, **more):
    """Runs labtabd to its end."""
    return subprocess.run([program(), *arguments], capture_output=True, text=True,
                          timeout=START_TIMEOUT_S * 2, env=environment(), check=False, **more)


def site_document():
    return json.loads(SITE_FILE.read_text(encoding="utf-8"))


class Daemon:
    """One labtabd with all roles. `arguments` are added to the command line."""

    def __init__(self, *arguments, env=None):
        executable = program()
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="ltd-", dir="/tmp"))
        self.directory.chmod(0o755)  # a private cluster's user walks through it
        self.log_path = self.directory / "log"
        self.port_file = self.directory / "port"
        self.notify = NotifySocket(str(self.directory))
        self.tokens = {}
        self.command = [executable, "--data-dir", str(self.directory / "data"), "--listen-port=0",
                        f"--port-file={self.port_file}", *arguments]
        self.env = environment(NOTIFY_SOCKET=self.notify.path, **(env or {}))
        self.process = None

    def spawn(self):
        """Starts and does not wait."""
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(self.command, env=self.env, stdout=log, stderr=log,
                                            stdin=subprocess.DEVNULL)

    def start(self):
        """Returns once every role is ready."""
        self.spawn()
        if not self.notify.wait_for("READY=1", START_TIMEOUT_S, self.is_alive):
            said = self.log()[-4000:]
            self.kill()
            raise RuntimeError(f"labtabd did not become ready:\n{said}")
        return self

    def is_alive(self):
        return self.process is not None and self.process.poll() is None

    def log(self):
        return self.log_path.read_text(encoding="utf-8", errors="replace")

    def events(self, name):
        """The log's lines of one event, each as a dict (values without spaces only)."""
        lines = (line.split() for line in self.log().splitlines() if f" event={name}" in line)
        return [dict(word.split("=", 1) for word in line if "=" in word) for line in lines]

    @property
    def port(self):
        return int(self.port_file.read_text(encoding="ascii"))

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def client(self, person=None):
        """A client for a person by code ("kim"), or for nobody."""
        return Client("127.0.0.1", self.port, self.tokens[person] if person else None)

    def role_pid(self, role):
        """The pid of a role's process that runs now."""
        return int([line for line in self.events("role_started") if line["child"] == role][-1]["pid"])

    def set_clock(self, instant, rate=0):
        """What every role's clock shows from now on."""
        reply = self.client("admin").put("/v1/dev/clock", {"now": instant, "rate": rate})
        assert reply.status == 200, reply
        return reply.json

    def tick(self):
        """Runs all jobs that are due; returns when they are done."""
        reply = self.client("admin").post("/v1/dev/tick")
        assert reply.status == 200, reply
        return reply.json

    def stop(self):
        """Stops in order; an exit code other than 0, of any role, is a failure."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self.kill()
            raise RuntimeError(f"labtabd did not stop:\n{self.log()[-4000:]}") from None
        self.process = None
        if code != 0:
            raise RuntimeError(f"labtabd ended with {code}:\n{self.log()[-4000:]}")

    def kill(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def close(self):
        """Stops if need be and takes everything away."""
        try:
            self.stop()
        finally:
            self.notify.close()
            shutil.rmtree(self.directory, ignore_errors=True)
