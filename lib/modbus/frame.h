#pragma once
/* Modbus TCP frames: requests out, replies in. Pure: no I/O, no clock.
 *
 * A reply is believed only when everything it says agrees with the request that is outstanding:
 * transaction id, protocol id, unit, function, length, byte count, and the echo of a write. Of
 * "Modbus Messaging on TCP/IP Implementation Guide V1.0b" (MBAP) and "Modbus Application Protocol
 * V1.1b3" (the functions). */

#include "base/attr.h"

enum {
    MB_READ_COILS = 1,
    MB_READ_DISCRETE = 2,
    MB_READ_HOLDING = 3,
    MB_READ_INPUT = 4,
    MB_WRITE_COIL = 5,
    MB_WRITE_REGISTER = 6,
};

#define MB_REGISTERS_MAX 125  /* of one read */
#define MB_BITS_MAX      2000 /* of one read */
#define MB_REQUEST_LEN   12   /* every function above has a request of this length */
#define MB_ADU_MAX       260

#define MB_COIL_ON  0xFF00
#define MB_COIL_OFF 0x0000

struct mb_request {
    uint8_t unit;
    uint8_t function;
    uint16_t addr;  /* as it goes on the wire, from 0 */
    uint16_t count; /* reads: registers or bits; writes: 1 */
    uint16_t value; /* writes: the register's value, or MB_COIL_ON / MB_COIL_OFF */
};

/* True when the request can be sent: a known function, a count within the protocol's limit, no
 * address beyond 0xFFFF, a coil's value one of the two. */
bool mb_request_is_valid(const struct mb_request *request);

/* Writes the frame of a valid request under transaction id `id`. */
void mb_encode(const struct mb_request *request, uint16_t id, uint8_t frame[MB_REQUEST_LEN]);

/* True for functions that read single bits. */
bool mb_is_bits(uint8_t function);

enum mb_verdict {
    MB_MORE,      /* all bytes are used; the reply is not complete */
    MB_OK,        /* *ret is filled */
    MB_EXCEPTION, /* the device answered with ret->exception */
    MB_GARBAGE,   /* ret->fault says what was wrong; the stream is lost, close the connection */
};

/* What made a reply garbage. */
#define MB_FAULT_TABLE(FAULT)                                                                      \
    FAULT(NONE, "none")                                                                            \
    FAULT(ID, "transaction id never asked for")                                                    \
    FAULT(PROTOCOL, "protocol id is not 0")                                                        \
    FAULT(UNIT, "unit id differs from the request's")                                              \
    FAULT(FUNCTION, "function differs from the request's")                                         \
    FAULT(LENGTH, "length does not fit the request")                                               \
    FAULT(BYTE_COUNT, "byte count does not fit the request")                                       \
    FAULT(ECHO, "a write's echo differs from the request")                                         \
    FAULT(EXCEPTION, "exception code 0")

enum mb_fault {
#define MB_FAULT_ENUM(name, text) MB_FAULT_##name,
    MB_FAULT_TABLE(MB_FAULT_ENUM)
#undef MB_FAULT_ENUM
};

const char *mb_fault_text(enum mb_fault fault);

/* One checked reply. `data` is a view into the reader, good until it is fed again. */
struct mb_reply {
    uint8_t exception;   /* MB_EXCEPTION: 1 to 255, makers' own codes included */
    enum mb_fault fault; /* MB_GARBAGE */
    uint16_t count;      /* MB_OK on a read: registers or bits */
    const uint8_t *data;
};

/* Register / bit number `index` (< count) of a read's reply. */
uint16_t mb_reply_word(const struct mb_reply *reply, uint16_t index);
bool mb_reply_bit(const struct mb_reply *reply, uint16_t index);

/* The incremental checker of one connection's incoming bytes. */
struct mb_reader {
    bool is_any_id; /* the caller's choice, kept by mb_reader_reset(), see there */
    bool is_waiting;
    struct mb_request request; /* the outstanding one */
    uint16_t id;               /* of the newest request */
    uint16_t sent;             /* requests on this connection, the newest included, saturating */
    uint64_t late;             /* replies skipped so far because nobody waited for them any more */
    uint16_t len;
    uint8_t adu[MB_ADU_MAX];
};

/* For a new connection: no bytes, no ids known. `late` goes on counting.
 * With `is_any_id` a reply's transaction id is not looked at: for gateways that always answer with
 * the same one. Late replies cannot be told then, so close the connection after every time-out. */
void mb_reader_reset(struct mb_reader *reader);

/* The request that was just sent. A connection's ids must go up by one each time (wrapping). */
void mb_reader_expect(struct mb_reader *reader, const struct mb_request *request, uint16_t id);

/* The caller gave up waiting: should the reply still come, it is late. */
void mb_reader_forget(struct mb_reader *reader);

/* True in the middle of a frame. */
bool mb_reader_is_partial(const struct mb_reader *reader);

/* Takes bytes up to the end of the outstanding request's reply; *ret_used says how many. Whole
 * replies to earlier requests are skipped and counted. A fault is reported at the first byte that
 * proves it. */
enum mb_verdict mb_reader_feed(struct mb_reader *reader, const uint8_t *bytes, size_t len,
                               size_t *ret_used, struct mb_reply *ret);
