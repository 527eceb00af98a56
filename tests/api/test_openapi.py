"""The description is valid, and the daemon does what it says: examples made from it, answers checked against it."""

import os
import shutil
import subprocess
import sys

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from api_world import World

CHECKS = "not_a_server_error,status_code_conformance,response_schema_conformance,content_type_conformance"
TIMEOUT_S = 150


@pytest.fixture(scope="module")
def world(labtabd_of_module, cluster):
    daemon = labtabd_of_module("--role=api")
    labtabd_of_module("--role=jobs", database=daemon.database)
    return World(daemon, cluster)


@pytest.fixture(scope="module")
def document(world):
    return world.daemon.client().get("/v1/openapi.json").json


def test_document_is_valid(document):
    OpenAPIV31SpecValidator(document).validate()


def test_document_is_complete(document):
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            where = f"{method} {path}"
            assert operation["summary"] and operation["operationId"] and operation["tags"], where
            assert set(operation["x-reach"].values()) <= {"none", "own", "all"} and len(operation["x-reach"]) == 7, where
            replies = operation["responses"]
            assert any(status.startswith("2") for status in replies), where
            for status, reply in replies.items():
                assert reply["description"], (where, status)
                if status[0] in "45":
                    assert list(reply["content"]) == ["application/problem+json"], (where, status)
            if operation["security"]:
                assert {"401", "403"} <= set(replies), where
            for parameter in operation["parameters"]:
                assert parameter.get("description") or parameter["schema"].get("description"), (where, parameter)
    operations = [operation["operationId"] for methods in document["paths"].values() for operation in methods.values()]
    assert len(operations) == len(set(operations))


def test_examples_fit_their_schemas(document):
    faults, count = [], 0
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            bodies = [operation.get("requestBody", {}), *(operation["responses"][status] for status in operation["responses"] if status < "300")]
            places = [*operation["parameters"], *(body["content"]["application/json"] for body in bodies if "application/json" in body.get("content", {}))]
            for place in places:
                if "example" in place:
                    schema = {**place["schema"], "components": document["components"]}
                    faults += [f"{method} {path}: {fault.json_path} {fault.message}" for fault in Draft202012Validator(schema).iter_errors(place["example"])]
                    count += 1
            assert not operation.get("requestBody") or "example" in places[len(operation["parameters"])], f"{method} {path}"
    assert faults == [] and count > 60


def test_document_is_one_and_the_same(world):
    replies = [world.daemon.client().get("/v1/openapi.json") for _ in range(2)]
    assert replies[0].body == replies[1].body and replies[0].headers["ETag"] == replies[1].headers["ETag"]


def schemathesis(directory, *arguments):
    """As a process of its own: its plugin would rewrite the other tests' assertions."""
    program = shutil.which("schemathesis", path=os.path.dirname(sys.executable)) or shutil.which("schemathesis")
    assert program, "schemathesis is missing: tests/requirements.txt"
    return subprocess.run([program, *arguments], capture_output=True, text=True, timeout=TIMEOUT_S, check=False, cwd=directory,
                          env={**os.environ, "NO_COLOR": "1"})


@pytest.mark.parametrize("role, examples", [("admin", 15), ("firm_manager", 5)])
def test_examples_made_from_it(world, role, examples, tmp_path):
    """Not of the clock, nor of what would take the tests' own tokens and site away (test_http.py has that body)."""
    done = schemathesis(
        tmp_path, "run", f"{world.daemon.url}/v1/openapi.json", "-H", f"Authorization: Bearer {world.client_of(role).token}",
        "--checks", CHECKS, "--max-examples", str(examples), "--phases", "examples,fuzzing", "--seed", "4",
        "--exclude-path-regex", "/dev/", "--exclude-operation-id", "revokeToken", "--exclude-operation-id", "applySiteFile", "--no-shrink", "--request-timeout", "30",
        "--generation-database", "none")
    assert done.returncode == 0, done.stdout[-12_000:] + done.stderr[-2_000:]
