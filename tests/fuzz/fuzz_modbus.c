/* Whatever bytes come: a reply that is accepted must be exactly the one that the request allows,
 * and the reader must never lose count of bytes. The input: 8 bytes that choose request and pieces,
 * then the stream. */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "modbus/frame.h"

enum { HEAD_LEN = 8, REQUESTS = 3 };

#define FIRST_ID 0x0100

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool is_true)
{
    if (!is_true)
        abort();
}

static struct mb_request choose(const uint8_t *head)
{
    struct mb_request request = {
        .unit = head[1],
        .function = (uint8_t)(1 + head[0] % 6),
        .addr = head[2],
        .value = head[3] % 2 ? MB_COIL_ON : MB_COIL_OFF,
        .count = 1,
    };
    if (request.function <= MB_READ_INPUT)
        request.count =
            (uint16_t)(1 + (head[4] << 8 | head[5]) %
                               (mb_is_bits(request.function) ? MB_BITS_MAX : MB_REGISTERS_MAX));
    return request;
}

/* What the accepted frame, which ends at `end`, must have been; said once more, and differently
 * from the code under test: the whole header is built and compared. */
static void check_accepted(const struct mb_request *request, uint16_t id, const uint8_t *end,
                           const uint8_t *start, enum mb_verdict verdict,
                           const struct mb_reply *reply)
{
    uint8_t wanted[MB_REQUEST_LEN];
    size_t frame_len, head_len = 9;
    mb_encode(request, id, wanted);
    if (verdict == MB_EXCEPTION) {
        frame_len = 9;
        head_len = 8;
        wanted[5] = 3;
        wanted[7] |= 0x80;
        must(reply->exception != 0 && end[-1] == reply->exception);
    } else if (request->function >= MB_WRITE_COIL) {
        frame_len = head_len = MB_REQUEST_LEN;
    } else {
        size_t bytes = mb_is_bits(request->function) ? (size_t)(request->count + 7) / 8
                                                     : (size_t)request->count * 2;
        frame_len = 9 + bytes;
        wanted[4] = 0;
        wanted[5] = (uint8_t)(3 + bytes);
        wanted[8] = (uint8_t)bytes;
        must(reply->count == request->count);
        must(memcmp(reply->data, end - bytes, bytes) == 0);
    }
    must((size_t)(end - start) >= frame_len);
    must(memcmp(end - frame_len, wanted, head_len) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < HEAD_LEN)
        return 0;
    struct mb_request request = choose(data);
    size_t piece = 1 + data[6] % 64;
    unsigned given_up = data[7] % REQUESTS; /* requests whose reply may still come, late */
    must(mb_request_is_valid(&request));

    struct mb_reader reader = {0};
    uint16_t id = FIRST_ID;
    mb_reader_reset(&reader);
    mb_reader_expect(&reader, &request, id);
    for (; given_up > 0; given_up--) {
        mb_reader_forget(&reader);
        mb_reader_expect(&reader, &request, ++id);
    }

    const uint8_t *start = data + HEAD_LEN, *at = start, *end = data + size;
    while (at < end) {
        struct mb_reply reply;
        size_t used, len = (size_t)(end - at) < piece ? (size_t)(end - at) : piece;
        enum mb_verdict verdict = mb_reader_feed(&reader, at, len, &used, &reply);
        must(used <= len && (verdict != MB_MORE || used == len));
        must((verdict == MB_GARBAGE) == (reply.fault != MB_FAULT_NONE));
        if (verdict == MB_GARBAGE)
            return 0;
        at += used;
        if (verdict == MB_MORE)
            continue;
        check_accepted(&request, id, at, start, verdict, &reply);
        mb_reader_expect(&reader, &request, ++id);
    }
    return 0;
}
