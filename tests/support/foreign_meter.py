"""A Modbus server that is not ours: pymodbus with the registers of an SDM630 and a contact module.

Units 1 (meter) and 2 (contacts) on one port. Power, energy and contact can be set while it runs.
"""

import asyncio
import struct
import threading

from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

POWER = 0x34
ENERGY = 0x48
READ_INPUT_REGISTERS = 4
READ_DISCRETE_INPUTS = 2


def float_words(value):
    return list(struct.unpack(">HH", struct.pack(">f", value)))


class ForeignMeter:
    def __init__(self, power_w=1234.5, energy_kwh=77.25, contact=True):
        self.set(power_w, energy_kwh, contact)
        self.loop = asyncio.new_event_loop()
        ready = threading.Event()
        self.thread = threading.Thread(target=lambda: self.loop.run_until_complete(self._serve(ready)), daemon=True)
        self.thread.start()
        assert ready.wait(30), "pymodbus did not start"

    def set(self, power_w, energy_kwh, contact):
        self.words = {POWER: float_words(power_w), ENERGY: float_words(energy_kwh)}
        self.contact = contact

    async def _show(self, function, start, _address, _count, registers, _set_values):
        """Called by pymodbus at every request: puts the present values where it reads."""
        if function == READ_INPUT_REGISTERS:
            for address, words in self.words.items():
                registers[address - start:address - start + 2] = words
        if function == READ_DISCRETE_INPUTS:
            registers[0] = int(self.contact)

    def _unit(self, number):
        words = [SimData(0, values=[0] * 100, datatype=DataType.REGISTERS)]
        bits = [SimData(0, values=[False] * 16, datatype=DataType.BITS)]
        return SimDevice(number, simdata=(bits, bits, words, words), action=self._show)

    async def _serve(self, ready):
        server = ModbusTcpServer([self._unit(1), self._unit(2)], address=("127.0.0.1", 0))
        await server.serve_forever(background=True)
        self.port = server.transport.sockets[0].getsockname()[1]
        self.stop = asyncio.Event()
        ready.set()
        await self.stop.wait()
        await server.shutdown()

    def close(self):
        self.loop.call_soon_threadsafe(self.stop.set)
        self.thread.join(30)
