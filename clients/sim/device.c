#include "device.h"

#include <modbus.h>
#include <string.h>

#include "base/mem.h"

enum {
    INPUTS = 0x180,
    SERIAL_AT = 0xFC00,
    SERIAL_COUNT = 2,
    REQUEST_MAX = 80,
    CONTACTS = 8,
    /* of the query: unit, function, address, count */
    AT_ID = 1,
    AT_UNIT = 6,
    AT_FUNCTION = 7,
    AT_COUNT = 10,
    QUERY_LEN = 12,
};

void device_init(struct device *device, struct instrument *instrument, bool is_meter)
{
    const struct sim_spec *spec = instrument->spec;
    *device = (struct device){
        .instrument = instrument,
        .is_meter = is_meter,
        .unit = (uint8_t)(is_meter ? spec->meter_unit : spec->contact_unit),
        .map = is_meter ? modbus_mapping_new_start_address(0, 0, 0, 0, SERIAL_AT, SERIAL_COUNT, 0,
                                                           INPUTS)
                        : modbus_mapping_new(CONTACTS, CONTACTS, 0, 0),
    };
    if (!device->map)
        mem_fail(sizeof(*device->map));
}

void device_fini(struct device *device)
{
    modbus_mapping_free(device->map);
}

/* Not by modbus_set_float_abcd(): in libmodbus 3.1.6 it swaps the bytes of each word. */
static void put(struct device *device, int address, double value)
{
    float single = (float)value;
    uint32_t bits;
    memcpy(&bits, &single, sizeof(bits));
    device->map->tab_input_registers[address] = (uint16_t)(bits >> 16);
    device->map->tab_input_registers[address + 1] = (uint16_t)bits;
}

/* A three-phase instrument with its load spread evenly at 230 V and a power factor of 1. The only
 * floating point: what the meter itself would show. */
static void fill_meter(struct device *device)
{
    enum { VOLT = 0x00, AMPERE = 0x06, WATT = 0x0C, VA = 0x12, FACTOR = 0x1E };
    const double volts = 230.0;
    double watts = (double)instrument_power_mw(device->instrument) / 1000.0;
    for (int line = 0; line < 3; line++) {
        put(device, VOLT + 2 * line, volts);
        put(device, AMPERE + 2 * line, watts / 3 / volts);
        put(device, WATT + 2 * line, watts / 3);
        put(device, VA + 2 * line, watts / 3);
        put(device, FACTOR + 2 * line, 1.0);
    }
    put(device, 0x34, watts);
    put(device, 0x38, watts);
    put(device, 0x46, 60.0);
    put(device, 0x48, (double)instrument_counter_mwh(device->instrument) / 1e6);
    put(device, 0x4A, 0.0);
    put(device, 0x156, (double)instrument_counter_mwh(device->instrument) / 1e6);
    uint32_t serial = (uint32_t)device->instrument->spec->serial;
    device->map->tab_registers[0] = (uint16_t)(serial >> 16);
    device->map->tab_registers[1] = (uint16_t)serial;
}

static void fill_contacts(struct device *device)
{
    device->map->tab_input_bits[0] = device->instrument->contact;
    device->map->tab_input_bits[1] = device->map->tab_bits[0];
}

static bool is_too_long(const struct device *device, const uint8_t *query, int len)
{
    bool is_read = query[AT_FUNCTION] == MODBUS_FC_READ_INPUT_REGISTERS ||
                   query[AT_FUNCTION] == MODBUS_FC_READ_HOLDING_REGISTERS;
    return device->is_meter && is_read && len >= QUERY_LEN &&
           (query[AT_COUNT] << 8 | query[AT_COUNT + 1]) > REQUEST_MAX;
}

bool device_answer(struct device *device, modbus_t *modbus, uint8_t *query, int len)
{
    const struct instrument *instrument = device->instrument;
    if (device->is_meter)
        fill_meter(device);
    else
        fill_contacts(device);
    /* libmodbus answers with the unit and the transaction id that the query has. */
    if (instrument->fault == FAULT_WRONG_UNIT)
        query[AT_UNIT] ^= 0x80;
    if (instrument->fault == FAULT_WRONG_ID)
        query[AT_ID] ^= 0x80;

    int sent;
    if (instrument->fault == FAULT_EXCEPTION)
        sent = modbus_reply_exception(modbus, query, (unsigned)instrument->fault_value);
    else if (is_too_long(device, query, len))
        sent = modbus_reply_exception(modbus, query, MODBUS_EXCEPTION_ILLEGAL_DATA_VALUE);
    else
        sent = modbus_reply(modbus, query, len, device->map);
    return sent > 0;
}
