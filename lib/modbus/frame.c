#include "modbus/frame.h"

#include <string.h>

/* MBAP: transaction id 2, protocol id 2, length 2 (of what follows it), unit 1. */
enum {
    AT_ID = 0,
    AT_PROTOCOL = 2,
    AT_LENGTH = 4,
    AT_UNIT = 6,
    AT_FUNCTION = 7,
    AT_BODY = 8,
    LENGTH_BASE = 6,  /* bytes before those that the length field counts */
    LENGTH_LEAST = 3, /* unit, function, one byte */
    LENGTH_MOST = MB_ADU_MAX - LENGTH_BASE,
    LENGTH_EXCEPTION = 3,
    LENGTH_ECHO = 6,
};

#define EXCEPTION_BIT 0x80

static uint16_t get16(const uint8_t *bytes)
{
    return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

static void put16(uint8_t *bytes, uint16_t value)
{
    bytes[0] = (uint8_t)(value >> 8);
    bytes[1] = (uint8_t)value;
}

bool mb_is_bits(uint8_t function)
{
    return function == MB_READ_COILS || function == MB_READ_DISCRETE;
}

static bool is_write(uint8_t function)
{
    return function == MB_WRITE_COIL || function == MB_WRITE_REGISTER;
}

bool mb_request_is_valid(const struct mb_request *request)
{
    uint16_t most;
    switch (request->function) {
    case MB_READ_COILS:
    case MB_READ_DISCRETE:
        most = MB_BITS_MAX;
        break;
    case MB_READ_HOLDING:
    case MB_READ_INPUT:
        most = MB_REGISTERS_MAX;
        break;
    case MB_WRITE_COIL:
        if (request->value != MB_COIL_ON && request->value != MB_COIL_OFF)
            return false;
        most = 1;
        break;
    case MB_WRITE_REGISTER:
        most = 1;
        break;
    default:
        return false;
    }
    return request->count >= 1 && request->count <= most &&
           (uint32_t)request->addr + request->count <= 0x10000;
}

void mb_encode(const struct mb_request *request, uint16_t id, uint8_t frame[MB_REQUEST_LEN])
{
    put16(frame + AT_ID, id);
    put16(frame + AT_PROTOCOL, 0);
    put16(frame + AT_LENGTH, MB_REQUEST_LEN - LENGTH_BASE);
    frame[AT_UNIT] = request->unit;
    frame[AT_FUNCTION] = request->function;
    put16(frame + AT_BODY, request->addr);
    put16(frame + AT_BODY + 2, is_write(request->function) ? request->value : request->count);
}

const char *mb_fault_text(enum mb_fault fault)
{
    static const char *const text[] = {
#define MB_FAULT_TEXT(name, text) text,
        MB_FAULT_TABLE(MB_FAULT_TEXT)
#undef MB_FAULT_TEXT
    };
    return text[fault];
}

uint16_t mb_reply_word(const struct mb_reply *reply, uint16_t index)
{
    return get16(reply->data + 2 * (size_t)index);
}

bool mb_reply_bit(const struct mb_reply *reply, uint16_t index)
{
    return reply->data[index / 8] >> index % 8 & 1;
}

void mb_reader_reset(struct mb_reader *reader)
{
    reader->is_waiting = false;
    reader->sent = 0;
    reader->len = 0;
}

void mb_reader_expect(struct mb_reader *reader, const struct mb_request *request, uint16_t id)
{
    reader->request = *request;
    reader->id = id;
    reader->is_waiting = true;
    if (reader->sent < INT16_MAX)
        reader->sent++;
}

void mb_reader_forget(struct mb_reader *reader)
{
    reader->is_waiting = false;
}

bool mb_reader_is_partial(const struct mb_reader *reader)
{
    return reader->len > 0;
}

static size_t data_len(const struct mb_request *request)
{
    return mb_is_bits(request->function) ? (request->count + 7U) / 8 : 2U * request->count;
}

/* How the frame that begins in reader->adu stands to the requests of this connection. */
enum kinship { KIN_CURRENT, KIN_LATE, KIN_STRANGER };

static enum kinship kinship(const struct mb_reader *reader)
{
    uint16_t age = (uint16_t)(reader->id - get16(reader->adu + AT_ID));
    if (reader->is_waiting && (age == 0 || reader->is_any_id))
        return KIN_CURRENT;
    /* Of this connection's requests, but not the one that is waited for: given up, or answered
     * twice. */
    return age < reader->sent ? KIN_LATE : KIN_STRANGER;
}

/* Checks what the first `len` bytes of the outstanding request's reply can already prove wrong. */
static enum mb_fault check_current(const struct mb_reader *reader)
{
    const struct mb_request *request = &reader->request;
    const uint8_t *adu = reader->adu;
    size_t len = reader->len;
    size_t length = get16(adu + AT_LENGTH);
    if (len > AT_UNIT && adu[AT_UNIT] != request->unit)
        return MB_FAULT_UNIT;
    if (len <= AT_FUNCTION)
        return MB_FAULT_NONE;

    if (adu[AT_FUNCTION] == (request->function | EXCEPTION_BIT)) {
        if (length != LENGTH_EXCEPTION)
            return MB_FAULT_LENGTH;
        return len > AT_BODY && adu[AT_BODY] == 0 ? MB_FAULT_EXCEPTION : MB_FAULT_NONE;
    }
    if (adu[AT_FUNCTION] != request->function)
        return MB_FAULT_FUNCTION;
    if (is_write(request->function)) {
        uint8_t wanted[MB_REQUEST_LEN];
        mb_encode(request, get16(adu + AT_ID), wanted);
        if (length != LENGTH_ECHO)
            return MB_FAULT_LENGTH;
        return memcmp(adu, wanted, len) ? MB_FAULT_ECHO : MB_FAULT_NONE;
    }
    if (length != LENGTH_LEAST + data_len(request))
        return MB_FAULT_LENGTH;
    return len > AT_BODY && adu[AT_BODY] != data_len(request) ? MB_FAULT_BYTE_COUNT : MB_FAULT_NONE;
}

/* The same for any frame, and where it ends: *ret_need = total bytes known to be needed so far. */
static enum mb_fault check(const struct mb_reader *reader, size_t *ret_need)
{
    const uint8_t *adu = reader->adu;
    *ret_need = AT_UNIT;
    if (reader->len < AT_PROTOCOL)
        return MB_FAULT_NONE;
    enum kinship kin = kinship(reader);
    if (kin == KIN_STRANGER)
        return MB_FAULT_ID;
    if ((reader->len > AT_PROTOCOL && adu[AT_PROTOCOL] != 0) ||
        (reader->len > AT_PROTOCOL + 1 && adu[AT_PROTOCOL + 1] != 0))
        return MB_FAULT_PROTOCOL;
    if (reader->len < AT_UNIT)
        return MB_FAULT_NONE;

    size_t length = get16(adu + AT_LENGTH);
    if (length < LENGTH_LEAST || length > LENGTH_MOST)
        return MB_FAULT_LENGTH;
    *ret_need = LENGTH_BASE + length;
    return kin == KIN_CURRENT ? check_current(reader) : MB_FAULT_NONE;
}

/* A whole frame is there and nothing is wrong with it. */
static enum mb_verdict deliver(struct mb_reader *reader, struct mb_reply *ret)
{
    reader->len = 0;
    if (kinship(reader) == KIN_LATE) {
        reader->late++;
        return MB_MORE;
    }
    reader->is_waiting = false;
    if (reader->adu[AT_FUNCTION] & EXCEPTION_BIT) {
        ret->exception = reader->adu[AT_BODY];
        return MB_EXCEPTION;
    }
    bool has_data = !is_write(reader->request.function);
    ret->count = has_data ? reader->request.count : 0;
    ret->data = has_data ? reader->adu + AT_BODY + 1 : NULL;
    return MB_OK;
}

/* Copies as many bytes as surely belong to this frame, so that none of the next is swallowed. */
static size_t take(struct mb_reader *reader, size_t upto, const uint8_t *bytes, size_t len)
{
    size_t part = upto - reader->len;
    if (part > len)
        part = len;
    if (part > 0)
        memcpy(reader->adu + reader->len, bytes, part);
    reader->len = (uint16_t)(reader->len + part);
    return part;
}

enum mb_verdict mb_reader_feed(struct mb_reader *reader, const uint8_t *bytes, size_t len,
                               size_t *ret_used, struct mb_reply *ret)
{
    *ret = (struct mb_reply){0};
    *ret_used = 0;
    while (*ret_used < len) {
        size_t need;
        ret->fault = check(reader, &need);
        if (ret->fault != MB_FAULT_NONE)
            return MB_GARBAGE;
        *ret_used += take(reader, need, bytes + *ret_used, len - *ret_used);
        /* Bytes taken may tell more: the end of the frame, or a fault. */
        ret->fault = check(reader, &need);
        if (ret->fault != MB_FAULT_NONE)
            return MB_GARBAGE;
        if (reader->len < AT_UNIT || reader->len < need)
            continue;
        enum mb_verdict verdict = deliver(reader, ret);
        if (verdict != MB_MORE)
            return verdict;
    }
    return MB_MORE;
}
