#!/usr/bin/env python3
"""Embeds the SQL of this folder into C, so that a program and its schema can't differ.

    embed.py SOURCE_DIR OUTPUT_DIR DEPFILE

writes into OUTPUT_DIR

    queries.h queries.c   one `struct pg_stmt q_<name>` a file of queries/, and a list for each role
    schema.h schema.c     migrations, functions and profiles with their checksums, roles and grants

A query file starts with a comment that documents it and its parameters; one line of it says which
roles prepare the statement:

    -- role: api, jobs
"""

import hashlib
import json
import re
import sys
from pathlib import Path

ROLES = ("api", "meter", "jobs")
NAME = re.compile(r"^[a-z_][a-z0-9_]*$")
MIGRATION = re.compile(r"^[0-9]{4}_[a-z][a-z0-9_]*$")
ROLE_LINE = re.compile(r"^-- role: *(.+)$", re.MULTILINE)
COMMENT = re.compile(r"--[^\n]*")
LITERAL = re.compile(r"'(?:[^']|'')*'")
BYTES_A_LINE = 96


class Fault(Exception):
    """A source file is not as it has to be."""


def c_string(text):
    """A C string constant, cut at line ends and into short pieces."""
    pieces = []
    for line in text.splitlines(keepends=True):
        data = line.encode("utf-8")
        pieces += [data[i:i + BYTES_A_LINE] for i in range(0, len(data), BYTES_A_LINE)]
    return "\n    ".join('"' + "".join(map(c_byte, piece)) + '"' for piece in pieces) or '""'


def c_byte(byte):
    """Octal escapes are of three digits always, so that a digit after one is no part of it."""
    char = chr(byte)
    if char == "\n":
        return "\\n"
    if char in '"\\':
        return "\\" + char
    if char == "?" or byte < 0x20 or byte > 0x7E:
        return f"\\{byte:03o}"
    return char


def read_folder(folder, pattern, name_rule):
    """(name, text) of every file of a folder and of those in it, by name: no two may be alike."""
    files = {}
    for path in sorted(folder.rglob(pattern), key=lambda path: path.stem):
        if not name_rule.match(path.stem):
            raise Fault(f"{path}: the name must match {name_rule.pattern}")
        if path.stem in files:
            raise Fault(f"{path}: there is another {path.name}")
        files[path.stem] = path.read_text(encoding="utf-8")
    return list(files.items())


def roles_of(name, text):
    line = ROLE_LINE.search(text)
    if not line:
        raise Fault(f"queries/{name}.sql: a line '-- role: ...' is missing")
    roles = [role.strip() for role in line.group(1).split(",")]
    for role in roles:
        if role not in ROLES:
            raise Fault(f"queries/{name}.sql: there is no role '{role}'")
    return roles


def statement_of(text):
    """The statement alone: what goes over the wire needs no comments."""
    lines = (COMMENT.sub("", line).rstrip() for line in text.splitlines())
    return "\n".join(line for line in lines if line).rstrip(";")


def param_count(name, statement):
    """The highest $n; every number below it has to be there."""
    used = {int(n) for n in re.findall(r"\$([0-9]+)", LITERAL.sub("''", statement))}
    if used != set(range(1, len(used) + 1)):
        raise Fault(f"queries/{name}.sql: parameters are not $1 to ${len(used)}: {sorted(used)}")
    return len(used)


def queries_h(queries):
    out = ["#pragma once", "/* Made by schema/embed.py from schema/queries/. */", "",
           "#include \"pg/pg.h\"", ""]
    out += [f"extern const struct pg_stmt q_{name};" for name, _ in queries]
    out += ["", "extern const struct pg_stmt *const schema_queries[];",
            "extern const size_t schema_query_count;"]
    for role in ROLES:
        out += ["", f"/* What the {role} role prepares. */",
                f"extern const struct pg_stmt *const schema_{role}_queries[];",
                f"extern const size_t schema_{role}_query_count;"]
    return "\n".join(out) + "\n"


def statement_list(prefix, names):
    """An array and its length; C has no empty arrays, so it ends with a NULL that isn't counted."""
    rows = "".join(f"    &q_{name},\n" for name in names)
    return (f"const struct pg_stmt *const {prefix}_queries[] = {{\n{rows}    NULL,\n}};\n"
            f"const size_t {prefix}_query_count = {len(names)};\n")


def queries_c(queries):
    out = ["/* Made by schema/embed.py from schema/queries/. */", "",
           "#include \"schema/queries.h\"", ""]
    for name, text in queries:
        statement = statement_of(text)
        out.append(f"const struct pg_stmt q_{name} = {{\n    \"{name}\",\n    {c_string(statement)},\n"
                   f"    {param_count(name, statement)},\n}};\n")
    out.append(statement_list("schema", [name for name, _ in queries]))
    for role in ROLES:
        out.append(statement_list(f"schema_{role}",
                                  [name for name, text in queries if role in roles_of(name, text)]))
    return "\n".join(out)


SCHEMA_H = """#pragma once
/* Made by schema/embed.py from schema/. */

#include <stddef.h>

struct schema_file {
    const char *name;
    const char *sql;    /* a profile's: its JSON text */
    const char *sha256; /* of the file, in hexadecimal */
};

extern const struct schema_file schema_migrations[]; /* in their order */
extern const size_t schema_migration_count;
extern const struct schema_file schema_functions[]; /* in the order in which they are created */
extern const size_t schema_function_count;
extern const struct schema_file schema_profiles[];
extern const size_t schema_profile_count;
extern const struct schema_file schema_roles;  /* roles of the cluster; needs a superuser */
extern const struct schema_file schema_grants; /* who may do what; after the functions */
extern const char schema_objects_sha256[];     /* of functions, profiles and grants together */
"""


def sha256(text):
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def file_row(name, text):
    return f"{{\"{name}\",\n    {c_string(text)},\n    \"{sha256(text)}\"}}"


def file_list(name, files):
    rows = "".join(f"    {file_row(*file)},\n" for file in files)
    return (f"const struct schema_file schema_{name}s[] = {{\n{rows}    {{NULL, NULL, NULL}},\n}};\n"
            f"const size_t schema_{name}_count = {len(files)};\n")


def schema_c(source, migrations, functions, profiles):
    out = ["/* Made by schema/embed.py from schema/. */", "", "#include \"schema/schema.h\"", "",
           file_list("migration", migrations), file_list("function", functions),
           file_list("profile", profiles)]
    roles, grants = ((source / f"{name}.sql").read_text(encoding="utf-8")
                     for name in ("roles", "grants"))
    out.append(f"const struct schema_file schema_roles = {file_row('roles', roles)};\n")
    out.append(f"const struct schema_file schema_grants = {file_row('grants', grants)};\n")
    joint = json.dumps([functions, profiles, grants])
    out.append(f"const char schema_objects_sha256[] =\n    \"{sha256(joint)}\";\n")
    return "\n".join(out)


def check_migrations(migrations):
    for expected, (name, _) in enumerate(migrations, start=1):
        if int(name[:4]) != expected:
            raise Fault(f"migrations/{name}.sql: number {expected:04d} is expected")


def check_profiles(profiles):
    for name, text in profiles:
        try:
            json.loads(text)
        except ValueError as fault:
            raise Fault(f"profiles/{name}.json: {fault}") from fault


def write_depfile(source, output, depfile):
    """What the build watches: every source, and the folders, where new ones appear."""
    folders = [source / name for name in ("queries", "migrations", "functions", "profiles")]
    watched = [source / "roles.sql", source / "grants.sql", *folders]
    watched += [path for folder in folders for path in sorted(folder.rglob("*"))]
    names = " ".join(str(path).replace(" ", "\\ ") for path in watched)
    depfile.write_text(f"{output / 'queries.h'}: {names}\n", encoding="utf-8")


def main(source, output, depfile):
    queries = read_folder(source / "queries", "*.sql", NAME)
    migrations = read_folder(source / "migrations", "*.sql", MIGRATION)
    functions = read_folder(source / "functions", "*.sql", NAME)
    profiles = read_folder(source / "profiles", "*.json", NAME)
    check_migrations(migrations)
    check_profiles(profiles)
    output.mkdir(parents=True, exist_ok=True)
    (output / "queries.h").write_text(queries_h(queries), encoding="ascii")
    (output / "queries.c").write_text(queries_c(queries), encoding="ascii")
    (output / "schema.h").write_text(SCHEMA_H, encoding="ascii")
    (output / "schema.c").write_text(schema_c(source, migrations, functions, profiles),
                                     encoding="ascii")
    write_depfile(source, output, depfile)


if __name__ == "__main__":
    try:
        main(*map(Path, sys.argv[1:]))
    except Fault as fault:
        sys.exit(f"embed.py: {fault}")
