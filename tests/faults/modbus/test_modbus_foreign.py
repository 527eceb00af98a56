"""The engine against servers that others wrote: pymodbus."""

import asyncio
import threading

import pytest
from pymodbus.datastore import ModbusDeviceContext, ModbusSequentialDataBlock, ModbusServerContext
from pymodbus.server import ModbusTcpServer


class PymodbusServer:
    """Units 1 and 2; register n of unit u holds 1000 u + n, inputs are closed where n is even."""

    def __init__(self):
        self.loop = asyncio.new_event_loop()
        ready = threading.Event()
        self.thread = threading.Thread(target=self._run, args=(ready,), daemon=True)
        self.thread.start()
        assert ready.wait(30), "pymodbus did not start"

    @staticmethod
    def _unit(unit):
        words = [1000 * unit + n for n in range(200)]
        bits = [n % 2 == 0 for n in range(200)]
        # The device's context counts registers from 1.
        blocks = [ModbusSequentialDataBlock(1, values) for values in (bits, bits, words, words)]
        return ModbusDeviceContext(di=blocks[0], co=blocks[1], hr=blocks[2], ir=blocks[3])

    def _run(self, ready):
        asyncio.set_event_loop(self.loop)
        self.loop.run_until_complete(self._serve(ready))

    async def _serve(self, ready):
        context = ModbusServerContext(devices={n: self._unit(n) for n in (1, 2)}, single=False)
        self.server = ModbusTcpServer(context, address=("127.0.0.1", 0))
        await self.server.serve_forever(background=True)
        self.port = self.server.transport.sockets[0].getsockname()[1]
        self.stop = asyncio.Event()
        ready.set()
        await self.stop.wait()
        await self.server.shutdown()

    def close(self):
        self.loop.call_soon_threadsafe(self.stop.set)
        self.thread.join(30)


@pytest.fixture(scope="module")
def foreign():
    server = PymodbusServer()
    yield server
    server.close()


@pytest.mark.parametrize("unit", [1, 2])
@pytest.mark.parametrize("function", [3, 4])
def test_registers(driver, foreign, unit, function):
    driver.link(foreign.port)
    for addr, count in ((0, 1), (52, 24), (10, 125)):
        done = driver.ask(addr=addr, count=count, unit=unit, function=function)
        assert done["values"] == [1000 * unit + n for n in range(addr, addr + count)]


@pytest.mark.parametrize("function", [1, 2])
def test_bits(driver, foreign, function):
    driver.link(foreign.port)
    for addr, count in ((0, 8), (1, 3), (5, 100)):
        done = driver.ask(addr=addr, count=count, function=function)
        assert done["values"] == [int(n % 2 == 0) for n in range(addr, addr + count)]


def test_illegal_address(driver, foreign):
    driver.link(foreign.port)
    refused = driver.ask(addr=190, count=20)
    assert refused["outcome"] == "refused" and refused["exception"] == 2
    assert driver.ask(addr=190, count=5)["outcome"] == "done"
    assert driver.stats()["connects"] == 1


def test_writes_are_read_back(driver, foreign):
    driver.link(foreign.port)
    assert driver.result(driver.write(7, 0xBEEF, unit=2))["outcome"] == "done"
    assert driver.ask(addr=7, unit=2, function=3)["values"] == [0xBEEF]
    assert driver.result(driver.write(1, 0xFF00, function=5))["outcome"] == "done"
    assert driver.ask(addr=1, function=1)["values"] == [1]


def test_many_at_once(driver, foreign):
    driver.link(foreign.port, queue_max=64)
    asked = [(n, driver.read(addr=n, unit=1 + n % 2)) for n in range(60)]
    for n, number in asked:
        assert driver.result(number)["values"] == [1000 * (1 + n % 2) + n]
