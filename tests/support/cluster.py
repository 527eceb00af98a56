"""A private PostgreSQL cluster for a test.

    with Cluster(fast=True) as cluster:
        cluster.create_database("labtab")
        run(["labtabd", "--database", cluster.conninfo("labtab")])

The cluster listens on a Unix socket in a directory of its own, never on TCP, trusts whoever can
reach that directory, and is gone when the block, the process or its parent thread ends. Several can
run side by side. PostgreSQL refuses to run as root, so root runs it as the user `postgres`.

As a program it starts one cluster, prints its conninfo, and keeps it until standard input ends.
"""

import atexit
import glob
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

SUPERUSER = "postgres"
PORT = 5432  # only names the socket file
DEADLINE_S = 60

SETTINGS = {
    "listen_addresses": "",
    "port": PORT,
    "max_connections": 200,
    "shared_buffers": "64MB",
    "max_wal_size": "256MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %u@%d ",
}
# For tests that never look at the disk after a crash.
FAST_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

STOP_SIGNALS = {"smart": signal.SIGTERM, "fast": signal.SIGINT, "immediate": signal.SIGQUIT}


class ClusterError(Exception):
    """The cluster did not do what it was asked to."""


def find_program(name):
    """The path of a PostgreSQL program: the newest in Debian's place, else the one in PATH."""

    def version(path):
        number = path.split("/")[4]
        return float(number) if number.replace(".", "", 1).isdigit() else 0.0

    found = sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{name}"), key=version)
    path = found[-1] if found else shutil.which(name)
    if path is None:
        raise ClusterError(f"{name} was found neither in /usr/lib/postgresql/*/bin nor in PATH")
    return path


def clean_environment():
    """The environment without PG* variables, which would lead a client somewhere else."""
    return {key: value for key, value in os.environ.items() if not key.startswith("PG")}


def as_server_user():
    """Arguments of subprocess that make the child run as the server's user."""
    if os.geteuid() != 0:
        return {}
    user = pwd.getpwnam("postgres")
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def new_directory(prefix):
    """A directory of the server's user. Its name is short: a socket's path ends at 107 bytes."""
    path = tempfile.mkdtemp(prefix=prefix, dir="/tmp")
    if os.geteuid() == 0:
        user = pwd.getpwnam("postgres")
        os.chown(path, user.pw_uid, user.pw_gid)
    return path


class Template:
    """The data directory that initdb made, once a process; clusters are copies of it."""

    lock = threading.Lock()
    path = None

    @classmethod
    def get(cls):
        with cls.lock:
            if cls.path is None:
                cls.path = cls.create()
            return cls.path

    @classmethod
    def create(cls):
        directory = new_directory("lti-")
        atexit.register(shutil.rmtree, directory, ignore_errors=True)
        data = os.path.join(directory, "data")
        run(
            [find_program("initdb"), "-D", data, "-U", SUPERUSER, "-E", "UTF8",
             "--locale=C.UTF-8", "--auth=trust", "--no-sync", "--no-instructions"],
            **as_server_user(),
        )
        return data


def run(arguments, stdin=None, timeout=DEADLINE_S * 5, **options):
    """Runs a program to its end; its standard output, or a ClusterError with what it said."""
    done = subprocess.run(
        arguments, input=stdin, capture_output=True, text=True, timeout=timeout,
        env=clean_environment(), cwd="/", **options,
    )
    if done.returncode != 0:
        raise ClusterError(f"{arguments[0]} ended with {done.returncode}: {done.stderr.strip()}")
    return done.stdout


def quote_name(name):
    return '"' + name.replace('"', '""') + '"'


class Cluster:
    """One server and its data directory.

    fast: without fsync, for tests that do not test durability.
    settings: a dict of further settings for postgresql.conf.
    """

    def __init__(self, fast=False, settings=None):
        self.settings = {**SETTINGS, **(FAST_SETTINGS if fast else {}), **(settings or {})}
        self.directory = None
        self.server = None
        self.psql = find_program("psql")

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.close()

    @property
    def data(self):
        return os.path.join(self.directory, "data")

    @property
    def log_path(self):
        return os.path.join(self.directory, "log")

    def start(self):
        """Makes the cluster on first use, starts the server, returns once it takes connections."""
        if self.server is not None:
            raise ClusterError("the server is running already")
        if self.directory is None:
            self._create()
        # The server goes down with us even when we are killed.
        leash = shutil.which("setpriv")
        prefix = [leash, "--pdeathsig", "INT"] if leash else []
        with open(self.log_path, "ab") as log:
            self.server = subprocess.Popen(
                [*prefix, find_program("postgres"), "-D", self.data], stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, env=clean_environment(), cwd="/", start_new_session=True,
                **as_server_user(),
            )
        self._wait_until_ready()

    def stop(self, mode="fast"):
        """Stops the server: "smart", "fast", or "immediate" (as a crash: recovery follows)."""
        if self.server is None:
            return
        self.server.send_signal(STOP_SIGNALS[mode])
        try:
            self.server.wait(DEADLINE_S)
        except subprocess.TimeoutExpired:
            self.server.send_signal(signal.SIGQUIT)
            self.server.wait(DEADLINE_S)
        self.server = None

    def restart(self, mode="fast"):
        self.stop(mode)
        self.start()

    def close(self):
        """Stops the server and removes everything. Harmless when done twice."""
        self.stop("immediate")
        if self.directory is not None:
            shutil.rmtree(self.directory, ignore_errors=True)
            self.directory = None
        atexit.unregister(self.close)

    def conninfo(self, dbname="postgres", user=SUPERUSER):
        """What libpq needs to connect."""
        return f"host={self.directory} port={PORT} dbname={dbname} user={user}"

    def sql(self, text, dbname="postgres", user=SUPERUSER, **options):
        """Runs SQL with psql; unaligned rows without a header, as one string. `timeout`: other than the usual one."""
        return run(
            [self.psql, "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", self.conninfo(dbname, user)],
            stdin=text, **options,
        ).strip()

    def create_database(self, name, template=None):
        copy = f" template {quote_name(template)}" if template else ""
        self.sql(f"create database {quote_name(name)}{copy}")

    def drop_database(self, name):
        self.sql(f"drop database if exists {quote_name(name)} with (force)")

    def kill_backends(self):
        """Terminates every client's backend; returns how many there were."""
        return int(self.sql(
            "select count(pg_terminate_backend(pid)) from pg_stat_activity"
            " where backend_type = 'client backend' and pid <> pg_backend_pid()"
        ))

    def log(self):
        """The server's log so far."""
        with open(self.log_path, encoding="utf-8", errors="replace") as file:
            return file.read()

    def _create(self):
        template = Template.get()
        self.directory = new_directory("lt-")
        atexit.register(self.close)
        run(["cp", "-a", template, self.data], **as_server_user())
        settings = {**self.settings, "unix_socket_directories": self.directory}
        with open(os.path.join(self.data, "postgresql.conf"), "a", encoding="utf-8") as file:
            for name, value in settings.items():
                quoted = str(value).replace("'", "''")
                file.write(f"{name} = '{quoted}'\n")
        with open(os.path.join(self.data, "pg_hba.conf"), "w", encoding="utf-8") as file:
            file.write("local all all trust\nlocal replication all trust\n")

    def _wait_until_ready(self):
        deadline = time.monotonic() + DEADLINE_S
        while time.monotonic() < deadline:
            if self.server.poll() is not None:
                self.server = None
                raise ClusterError(f"the server did not start:\n{self.log()[-2000:]}")
            if self._status() == "ready":
                return
            time.sleep(0.02)
        self.stop("immediate")
        raise ClusterError(f"the server is not ready after {DEADLINE_S} s:\n{self.log()[-2000:]}")

    def _status(self):
        """The last line of postmaster.pid, once it is of this server."""
        try:
            with open(os.path.join(self.data, "postmaster.pid"), encoding="utf-8") as file:
                lines = file.read().splitlines()
        except FileNotFoundError:
            return None
        if len(lines) < 8 or lines[0] != str(self.server.pid):
            return None
        return lines[7].strip()


def main():
    with Cluster(fast=True) as cluster:
        print(cluster.conninfo(), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
