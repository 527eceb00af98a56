#pragma once
/* From the values wanted of one device to the reads that fetch them. Pure.
 *
 * A want is never split over two reads: a counter read in halves can tear (0x0000FFFF -> 0x00010000
 * read as 0x0001FFFF). What must come from one instant (a value and its scale factor) is one want.
 */

#include "modbus/frame.h"

#define MBPLAN_WANTS_MAX 256

struct mbplan_want {
    uint8_t function; /* one of the four reads */
    uint16_t addr;
    uint16_t count; /* registers or bits */
};

struct mbplan_limits {
    uint16_t registers_max; /* of one read: the device's, at most MB_REGISTERS_MAX */
    uint16_t bits_max;      /* at most MB_BITS_MAX */
    uint16_t gap_max;       /* unwanted registers or bits that may be read to join two wants; 0 for
                             * devices that answer a hole with exception 02 */
};

struct mbplan_read {
    uint8_t function;
    uint16_t addr;
    uint16_t count;
};

/* Where a want's first register or bit is found. */
struct mbplan_place {
    uint16_t read; /* index */
    uint16_t offset;
};

enum {
    MBPLAN_E_WANT =
        1, /* a want is empty, no read, or passes address 0xFFFF; or there are too many */
    MBPLAN_E_WIDE = 2, /* a want alone is longer than the device allows */
};

/* Plans the reads for `count` wants, in any order, overlapping or not.
 * `ret_reads` and `ret_places` have room for `count` items; reads come in order of function and
 * address. 0, or an outcome above with *ret_at = the index of the want at fault. */
must_check int mbplan_make(const struct mbplan_want *wants, size_t count,
                           const struct mbplan_limits *limits, struct mbplan_read *ret_reads,
                           size_t *ret_read_count, struct mbplan_place *ret_places, size_t *ret_at);

/* The widest gap that is cheaper to read than to skip on a serial line: g registers cost 2g
 * characters, another request costs 20 (8 out, 5 + 7 of silence and frame back) and the device's
 * time to answer. `char_ns`: one character on the line (1,041,667 at 9600 8N1), `latency_us`: as
 * measured. At most MB_REGISTERS_MAX. */
uint16_t mbplan_gap_worth(int64_t char_ns, int64_t latency_us);
