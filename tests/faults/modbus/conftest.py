"""Fixtures of the Modbus tests; what they give is in modbus_support.py."""

import pytest
from modbus_support import Driver, FakeServer


@pytest.fixture
def driver():
    driver = Driver()
    yield driver
    assert driver.close() == 0


@pytest.fixture
def serve():
    servers = []

    def start(answer):
        servers.append(FakeServer(answer))
        return servers[-1]

    yield start
    for server in servers:
        server.close()
