#!/usr/bin/env python3
"""Holds the arrows between the folders, by looking at every #include.

    layering.py [TOP]      prints each violation as FILE:LINE: sentence; exit code 1 when there are any

base <- calendar, metering, billing     the domain: base only, no library, nothing of the system's I/O
base <- pg, modbus, http, spool, ical   adapters: base and one outside library each, never each other
everything <- daemon                    base <- clients
No header outside an adapter shows an outside library.
"""

import pathlib
import re
import sys

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.MULTILINE)

DOMAIN = {"calendar", "metering", "billing"}
# The outside libraries that a folder of lib/ may use, by the start of their headers' names.
LIBRARIES = {
    "base": ("cjson/", "ini.h", "sodium"),
    "calendar": (),
    "metering": (),
    "billing": (),
    "pg": ("libpq-fe.h", "event2/"),
    "modbus": ("modbus", "event2/"),
    "http": ("event2/",),
    "spool": ("sqlite3.h",),
    "ical": ("libical/",),
    "export": (),
}
# Headers that are the libraries' own business: no header outside an adapter shows them.
HIDDEN = ("event2/", "event.h", "libpq-fe.h", "postgres_ext.h", "modbus.h", "modbus/", "cjson/", "cJSON.h",
          "sqlite3.h", "libical/")
# Pure code does no I/O and reads no clock.
IMPURE = ("time.h", "unistd.h", "fcntl.h", "pthread.h", "signal.h", "sys/", "netinet/",
          "arpa/", "poll.h")
# Programs of the daemon may use the loop; everything else comes through an adapter.
DAEMON_LIBRARIES = ("event2/",)
CLIENT_LIBRARIES = ("curl/", "modbus", "event2/")
ALL_LIBRARIES = ("event2/", "event.h", "libpq-fe.h", "modbus.h", "modbus/", "cjson/", "cJSON.h", "ini.h",
                 "sodium", "sqlite3.h", "libical/", "curl/")


def place_of(path):
    """("lib", "pg"), ("daemon", "api"), ("clients", "sim"), or ("daemon", "")."""
    parts = path.parts
    return parts[0], parts[1] if len(parts) > 2 else ""


def own_folder(name):
    """The folder that a quoted include names: "pg/pool.h" is "pg"; a file beside is ""."""
    return name.split("/")[0] if "/" in name else ""


def is_outside(name, is_quoted):
    """A header of a library that is not ours; "modbus/bus.h" is, <modbus/modbus.h> is not."""
    return name.startswith(ALL_LIBRARIES) and not (is_quoted and own_folder(name) in LIBRARIES)


def lib_fault(folder, name, is_quoted):
    if is_outside(name, is_quoted):
        is_allowed = name.startswith(LIBRARIES.get(folder, ()))
        return None if is_allowed else f"lib/{folder} must not use {name}"
    if not is_quoted:
        is_pure = folder not in DOMAIN or not name.startswith(IMPURE)
        return None if is_pure else f"lib/{folder} is pure: no {name}"
    if own_folder(name) not in ("base", folder):
        return f"lib/{folder} may use base only, not {name}"
    return None


def upper_fault(area, name, is_quoted):
    if is_outside(name, is_quoted):
        allowed = DAEMON_LIBRARIES if area == "daemon" else CLIENT_LIBRARIES
        return None if name.startswith(allowed) else f"{area} must not use {name} itself"
    if is_quoted and area == "clients" and own_folder(name) in LIBRARIES.keys() - {"base"}:
        return f"clients may use base only, not {name}"
    return None


def hidden_fault(path, area, folder, name, is_quoted):
    """A header that shows an outside library; within an adapter its own files may."""
    is_adapter = area == "lib" and folder not in DOMAIN | {"base"}
    is_hidden = name.startswith(HIDDEN) and is_outside(name, is_quoted)
    if path.suffix == ".h" and is_hidden and not is_adapter:
        return f"a header must not show {name}: forward-declare"
    return None


def faults_of(path, text):
    """(line, sentence) of every include of a file that breaks a rule. `path` is relative to the top."""
    area, folder = place_of(path)
    for match in INCLUDE.finditer(text):
        name = match.group(2)
        is_quoted = match.group(1) == '"'
        fault = hidden_fault(path, area, folder, name, is_quoted)
        fault = fault or (lib_fault(folder, name, is_quoted) if area == "lib"
                          else upper_fault(area, name, is_quoted))
        if fault:
            yield text.count("\n", 0, match.start()) + 1, fault


def check(top):
    """All violations below `top`, as lines of text."""
    out = []
    for area in ("lib", "daemon", "clients"):
        for path in sorted((top / area).rglob("*.[ch]")):
            relative = path.relative_to(top)
            text = path.read_text(encoding="utf-8")
            out += [f"{relative}:{line}: {fault}" for line, fault in faults_of(relative, text)]
    return out


def main():
    top = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[1])
    violations = check(top.resolve())
    print("\n".join(violations) or "no violation")
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main())
