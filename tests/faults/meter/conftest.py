"""Fixtures of the meter role's tests; what they give is in meter_support.py."""

import itertools

import pytest
from meter_support import Lab, VirtualMeter, new_cluster

NUMBERS = itertools.count(1)


@pytest.fixture(scope="module")
def server():
    """A cluster of the module's own: some tests stop it."""
    cluster = new_cluster()
    yield cluster
    cluster.close()


@pytest.fixture
def lab(server):
    made = Lab(server, f"lab_{next(NUMBERS)}")
    yield made
    made.close()


@pytest.fixture
def device():
    made = VirtualMeter()
    yield made
    made.close()
