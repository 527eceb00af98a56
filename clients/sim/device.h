#pragma once
/* An instrument's two devices as Modbus sees them: a power meter with the register map of the
 * Eastron SDM630, and a contact module with eight inputs and eight outputs.
 *
 *   meter    input registers, float32 with the high word first: 0x00.. volts, amperes, watts of the
 * lines, 0x34 total W, 0x46 Hz, 0x48 kWh imported, 0x4A kWh exported; at most 80 registers a
 * request holding register 0xFC00: serial number, uint32 contact  discrete input 0: run contact;
 * input 1 follows output (coil) 0, an interlock's relay */

#include "instrument.h"

struct _modbus;
struct _modbus_mapping_t;

#define DEVICE_QUERY_MAX 260

struct device {
    struct instrument *instrument;
    bool is_meter;
    uint8_t unit;
    struct _modbus_mapping_t *map;
};

void device_init(struct device *device, struct instrument *instrument, bool is_meter);
void device_fini(struct device *device);

/* Answers one whole query on the context's socket, as the instrument is now, with its fault if it
 * is one of the answer's content. False when the connection is lost. */
bool device_answer(struct device *device, struct _modbus *modbus, uint8_t *query, int len);
