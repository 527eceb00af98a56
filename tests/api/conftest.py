"""One daemon for the tests of a file: each makes its own data (support.lab) and sets the clock it needs."""

import pytest

from support.lab import Lab

NOW = "2026-11-23T00:00:00Z"  # Monday, 09:00 at the site


@pytest.fixture(scope="module")
def daemon(labtabd_of_module):
    return labtabd_of_module()


@pytest.fixture
def lab(daemon):
    """The file's daemon at a known time, and a place for the test's own data."""
    daemon.set_clock(NOW)
    return Lab(daemon)
