"""Those who make load, and those who are measured beside us."""

import contextlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

from bench.measure import note
from bench.stack import HERE
from support import node
from support.cluster import clean_environment, find_program
from support.daemon import TOP, build_directory

FASTIFY = HERE / "fastify"
FASTIFY_RUN = TOP / "build" / "fastify"


class SideError(Exception):
    """A side did not do its work: there is no figure."""


def http_load(port, connections=64, duration_s=5.0, warmup_s=0.5, method="GET", path="/", headers=(), body=None,
              rows=None, cycle=False, statuses=("200",)):
    """Runs tests/bench/http_load; its report. `rows` are tuples for $1 to $9. Other statuses than
    those named are an error."""
    command = [str(build_directory() / "tests/bench/http_load"), f"--port={port}", f"--connections={connections}",
               f"--duration={int(duration_s * 1000)}", f"--warmup={int(warmup_s * 1000)}", f"--method={method}",
               f"--path={path}"]
    if headers:
        command.append("--header=" + "\n".join(headers))
    if body:
        command.append("--body=" + body)
    if cycle:
        command.append("--cycle")
    with tempfile.NamedTemporaryFile("w", prefix="bench-rows-", encoding="utf-8") as file:
        if rows:
            file.writelines("\t".join(row) + "\n" for row in rows)
            file.flush()
            command.append(f"--rows={file.name}")
        done = subprocess.run(command, capture_output=True, text=True, timeout=duration_s + 120, check=False)
        if done.returncode != 0:
            raise SideError(done.stderr.strip())
        report = json.loads(done.stdout)
        if set(report["status"]) - set(statuses):
            shown = subprocess.run([*command, "--show"], capture_output=True, text=True, timeout=60, check=False)
            raise SideError(f"{path} was answered with {report['status']}, for example:\n{shown.stdout}")
    return report


def pgbench(stack, script, clients, duration_s=5.0, variables=None, firm="*"):
    """Runs pgbench with a script as the api's database user; transactions a second, and how many there were.
    The scope of row security is a setting of the session, which costs pgbench nothing."""
    options = f"-c plan_cache_mode=force_generic_plan -c jit=off -c labtab.firm={firm}"
    command = [find_program("pgbench"), "-n", "-M", "prepared", "-c", str(clients), "-j", str(min(clients, 2)),
               "-T", str(max(1, round(duration_s))), "-f", "/dev/stdin",
               "-h", stack.cluster.directory, "-p", "5432", "-U", "labtab_api"]
    for name, value in {"clients": clients, "i": -1, **(variables or {})}.items():
        command += ["-D", f"{name}={value}"]
    done = subprocess.run([*command, "bench"], input=script, capture_output=True, text=True, timeout=duration_s + 120,
                          env={**clean_environment(), "PGOPTIONS": options}, check=False)
    rate = re.search(r"^tps = ([0-9.]+)", done.stdout, re.MULTILINE)
    count = re.search(r"actually processed: ([0-9]+)", done.stdout)
    if done.returncode != 0 or not rate or not count:
        raise SideError(done.stderr.strip()[-2000:])
    if not re.search(r"number of failed transactions: 0 ", done.stdout):
        raise SideError(f"pgbench had failures:\n{done.stdout}")
    return float(rate.group(1)), int(count.group(1))


def best_clients(run, counts=(1, 2, 4, 8, 16, 32)):
    """The client count at which `run(clients)` is fastest."""
    rates = {clients: run(clients) for clients in counts}
    best = max(rates, key=rates.get)
    note("pgbench by clients: " + ", ".join(f"{c}: {r:,.0f}/s" for c, r in rates.items()))
    return best


@contextlib.contextmanager
def _program(command, **options):
    """A program that prints its port and ends with its standard input; yields the port."""
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, **options) as process:
        try:
            port = process.stdout.readline().strip()
            if not port:
                raise SideError(f"{command[0]} did not start")
            yield int(port)
        finally:
            process.stdin.close()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


@contextlib.contextmanager
def bare_evhttp(page):
    """libevent's own server with these bytes; yields its port."""
    with tempfile.NamedTemporaryFile("wb", prefix="bench-page-") as file:
        file.write(page)
        file.flush()
        with _program([str(build_directory() / "tests/bench/bare_evhttp"), file.name]) as port:
            yield port


def prepare_fastify():
    """Installs the pinned packages below build/; False with a note when that can't be done."""
    run, fault = node.prepare(FASTIFY)
    if fault:
        note(f"SKIPPED Fastify: {fault}")
    return run is not None


@contextlib.contextmanager
def fastify(stack, settings):
    """The Fastify server on the stack's database; yields its port."""
    shutil.copy(FASTIFY / "server.mjs", FASTIFY_RUN)
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        json.dump({"socket": f"{stack.cluster.directory}/.s.PGSQL.5432", "database": "bench", **settings}, file)
        file.flush()
        with _program(["node", "server.mjs", file.name], cwd=FASTIFY_RUN,
                      env={**clean_environment(), "NODE_ENV": "production"}) as port:
            yield port


def cpu_seconds(pid, with_ended_children=False):
    """User and system time of a process so far."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return sum(map(int, fields[11:15 if with_ended_children else 13])) / os.sysconf("SC_CLK_TCK")


def server_cpu_seconds(stack):
    """Of the PostgreSQL server: all its processes, those that have ended too."""
    server = stack.cluster.server.pid
    children = pathlib.Path(f"/proc/{server}/task/{server}/children").read_text(encoding="ascii").split()
    total = 0
    for child in children:
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # ended meanwhile: the server counts it below
            total += cpu_seconds(int(child))
    return total + cpu_seconds(server, True)


class Costs:
    """Microseconds of CPU a request, of our process and of the database server: what other work on the machine does
    not change much."""

    def __init__(self, stack):
        self.stack = stack
        self.server = server_cpu_seconds(stack)
        self.api = cpu_seconds(stack.api.process.pid) if stack.api else 0

    def a_request(self, count):
        server = (server_cpu_seconds(self.stack) - self.server) / max(count, 1) * 1e6
        if not self.stack.api:
            return f"{server:.0f} us in PostgreSQL"
        api = (cpu_seconds(self.stack.api.process.pid) - self.api) / max(count, 1) * 1e6
        return f"{server:.0f} us in PostgreSQL, {api:.0f} us in the api"
