#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "modbus/frame.h"

#define ID 0x1234

static const struct mb_request input2 = {.unit = 1, .function = 4, .addr = 0x34, .count = 2};
static const struct mb_request inputs8 = {.unit = 2, .function = 2, .addr = 0, .count = 8};
static const struct mb_request coil_on = {1, MB_WRITE_COIL, 3, 1, MB_COIL_ON};
static const struct mb_request register7 = {1, MB_WRITE_REGISTER, 0x10, 1, 0x0708};

struct bytes {
    size_t len;
    uint8_t at[MB_ADU_MAX + 4];
};

#define BYTES(...)                                                                                 \
    {                                                                                              \
        sizeof((const uint8_t[]){__VA_ARGS__}),                                                    \
        {                                                                                          \
            __VA_ARGS__                                                                            \
        }                                                                                          \
    }

static void test_requests(void **state unused_arg)
{
    static const struct {
        struct mb_request request;
        uint8_t frame[MB_REQUEST_LEN];
    } rows[] = {
        {{1, 4, 0x0034, 2, 0}, {0x12, 0x34, 0, 0, 0, 6, 1, 4, 0x00, 0x34, 0, 2}},
        {{255, 3, 0xFC00, 125, 0}, {0x12, 0x34, 0, 0, 0, 6, 255, 3, 0xFC, 0x00, 0, 125}},
        {{2, 2, 0, 2000, 0}, {0x12, 0x34, 0, 0, 0, 6, 2, 2, 0, 0, 0x07, 0xD0}},
        {{1, 5, 3, 1, MB_COIL_ON}, {0x12, 0x34, 0, 0, 0, 6, 1, 5, 0, 3, 0xFF, 0}},
        {{1, 6, 3, 1, 0xABCD}, {0x12, 0x34, 0, 0, 0, 6, 1, 6, 0, 3, 0xAB, 0xCD}},
    };
    for (size_t i = 0; i < LEN(rows); i++) {
        uint8_t frame[MB_REQUEST_LEN];
        assert_true(mb_request_is_valid(&rows[i].request));
        mb_encode(&rows[i].request, ID, frame);
        assert_memory_equal(frame, rows[i].frame, sizeof(frame));
    }
}

static void test_requests_that_cannot_be(void **state unused_arg)
{
    static const struct mb_request rows[] = {
        {1, 4, 0, 0, 0},       {1, 4, 0, 126, 0},    {1, 3, 0xFFFF, 2, 0}, {1, 1, 0, 2001, 0},
        {1, 2, 65000, 600, 0}, {1, 5, 0, 1, 0x0001}, {1, 6, 0, 2, 0},      {1, 0, 0, 1, 0},
        {1, 7, 0, 1, 0},       {1, 16, 0, 1, 0},     {1, 0x84, 0, 1, 0},
    };
    for (size_t i = 0; i < LEN(rows); i++) {
        if (mb_request_is_valid(&rows[i]))
            fail_msg("row %zu is taken as valid", i);
    }
}

/* What each kind of answer to a request with id 0x1234 is taken for. */
static const struct {
    const char *name;
    const struct mb_request *request;
    struct bytes reply;
    enum mb_verdict verdict;
    enum mb_fault fault;
    uint8_t exception;
} answers[] = {
    {"words", &input2, BYTES(0x12, 0x34, 0, 0, 0, 7, 1, 4, 4, 0x43, 0x66, 0x33, 0x33), MB_OK},
    {"bits", &inputs8, BYTES(0x12, 0x34, 0, 0, 0, 4, 2, 2, 1, 0x81), MB_OK},
    {"coil", &coil_on, BYTES(0x12, 0x34, 0, 0, 0, 6, 1, 5, 0, 3, 0xFF, 0), MB_OK},
    {"register", &register7, BYTES(0x12, 0x34, 0, 0, 0, 6, 1, 6, 0, 0x10, 7, 8), MB_OK},
    {"busy", &input2, BYTES(0x12, 0x34, 0, 0, 0, 3, 1, 0x84, 6), MB_EXCEPTION, 0, 6},
    {"no response", &input2, BYTES(0x12, 0x34, 0, 0, 0, 3, 1, 0x84, 0x0B), MB_EXCEPTION, 0, 11},
    {"maker's own", &inputs8, BYTES(0x12, 0x34, 0, 0, 0, 3, 2, 0x82, 0x43), MB_EXCEPTION, 0, 0x43},
    {"beginning", &input2, BYTES(0x12, 0x34, 0, 0, 0, 7, 1, 4, 4, 0x43, 0x66, 0x33), MB_MORE},
    {"id ahead", &input2, BYTES(0x12, 0x35), MB_GARBAGE, MB_FAULT_ID},
    {"fixed id", &input2, BYTES(0, 2, 0, 0, 0, 7, 1, 4, 4, 0, 0, 0, 0), MB_GARBAGE, MB_FAULT_ID},
    {"protocol 7", &input2, BYTES(0x12, 0x34, 0, 7), MB_GARBAGE, MB_FAULT_PROTOCOL},
    {"protocol high", &input2, BYTES(0x12, 0x34, 1, 0), MB_GARBAGE, MB_FAULT_PROTOCOL},
    {"wrong unit", &input2, BYTES(0x12, 0x34, 0, 0, 0, 7, 2, 4, 4, 0, 0, 0, 0), MB_GARBAGE,
     MB_FAULT_UNIT},
    {"other function", &input2, BYTES(0x12, 0x34, 0, 0, 0, 7, 1, 3, 4, 0, 0, 0, 0), MB_GARBAGE,
     MB_FAULT_FUNCTION},
    {"other's exception", &input2, BYTES(0x12, 0x34, 0, 0, 0, 3, 1, 0x83, 2), MB_GARBAGE,
     MB_FAULT_FUNCTION},
    {"length 0", &input2, BYTES(0x12, 0x34, 0, 0, 0, 0), MB_GARBAGE, MB_FAULT_LENGTH},
    {"length 2", &input2, BYTES(0x12, 0x34, 0, 0, 0, 2), MB_GARBAGE, MB_FAULT_LENGTH},
    {"length 255", &input2, BYTES(0x12, 0x34, 0, 0, 0, 255), MB_GARBAGE, MB_FAULT_LENGTH},
    {"length 60000", &input2, BYTES(0x12, 0x34, 0, 0, 0xEA, 0x60), MB_GARBAGE, MB_FAULT_LENGTH},
    {"one too long", &input2, BYTES(0x12, 0x34, 0, 0, 0, 8, 1, 4, 4, 0, 0, 0, 0, 0), MB_GARBAGE,
     MB_FAULT_LENGTH},
    {"fewer registers", &input2, BYTES(0x12, 0x34, 0, 0, 0, 5, 1, 4, 2, 0, 0), MB_GARBAGE,
     MB_FAULT_LENGTH},
    {"byte count", &input2, BYTES(0x12, 0x34, 0, 0, 0, 7, 1, 4, 5, 0, 0, 0, 0), MB_GARBAGE,
     MB_FAULT_BYTE_COUNT},
    {"long exception", &input2, BYTES(0x12, 0x34, 0, 0, 0, 4, 1, 0x84, 2, 2), MB_GARBAGE,
     MB_FAULT_LENGTH},
    {"exception 0", &input2, BYTES(0x12, 0x34, 0, 0, 0, 3, 1, 0x84, 0), MB_GARBAGE,
     MB_FAULT_EXCEPTION},
    {"coil's address", &coil_on, BYTES(0x12, 0x34, 0, 0, 0, 6, 1, 5, 0, 4, 0xFF, 0), MB_GARBAGE,
     MB_FAULT_ECHO},
    {"coil's value", &coil_on, BYTES(0x12, 0x34, 0, 0, 0, 6, 1, 5, 0, 3, 0, 0), MB_GARBAGE,
     MB_FAULT_ECHO},
};

static struct mb_reader waiting_for(const struct mb_request *request)
{
    struct mb_reader reader = {0};
    mb_reader_reset(&reader);
    mb_reader_expect(&reader, request, ID);
    return reader;
}

static enum mb_verdict feed_pieces(struct mb_reader *reader, const struct bytes *bytes,
                                   size_t piece, struct mb_reply *ret)
{
    enum mb_verdict verdict = MB_MORE;
    for (size_t at = 0, used; at < bytes->len && verdict == MB_MORE; at += used) {
        size_t len = bytes->len - at < piece ? bytes->len - at : piece;
        verdict = mb_reader_feed(reader, bytes->at + at, len, &used, ret);
        if (verdict == MB_MORE)
            assert_int_equal(used, len);
    }
    return verdict;
}

/* However the bytes arrive, the answer is the same. */
static void test_answers(void **state unused_arg)
{
    for (size_t i = 0; i < LEN(answers); i++) {
        for (size_t piece = 1; piece <= 16; piece++) {
            struct mb_reader reader = waiting_for(answers[i].request);
            struct mb_reply reply;
            enum mb_verdict verdict = feed_pieces(&reader, &answers[i].reply, piece, &reply);
            if (verdict != answers[i].verdict || reply.fault != answers[i].fault ||
                reply.exception != answers[i].exception)
                fail_msg("%s, %zu at a time: verdict %d, fault %s, exception %d", answers[i].name,
                         piece, (int)verdict, mb_fault_text(reply.fault), reply.exception);
        }
    }
}

static void test_values(void **state unused_arg)
{
    struct mb_reply reply;
    struct mb_reader reader = waiting_for(&input2);
    assert_int_equal(feed_pieces(&reader, &answers[0].reply, 99, &reply), MB_OK);
    assert_int_equal(reply.count, 2);
    assert_int_equal(mb_reply_word(&reply, 0), 0x4366);
    assert_int_equal(mb_reply_word(&reply, 1), 0x3333);

    reader = waiting_for(&inputs8);
    assert_int_equal(feed_pieces(&reader, &answers[1].reply, 99, &reply), MB_OK);
    assert_int_equal(reply.count, 8);
    for (uint16_t i = 0; i < 8; i++)
        assert_int_equal(mb_reply_bit(&reply, i), i == 0 || i == 7);
}

static struct bytes word_reply(uint16_t id, uint8_t value)
{
    return (struct bytes)BYTES((uint8_t)(id >> 8), (uint8_t)id, 0, 0, 0, 5, 1, 4, 2, 0, value);
}

/* The registers hold 100, 200, 300 when read in turn. The first reply comes after its time-out: 100
 * is lost, and 200 and 300 are right. */
static void test_late_reply_is_skipped(void **state unused_arg)
{
    const struct mb_request one = {.unit = 1, .function = 4, .addr = 0, .count = 1};
    struct mb_reader reader = {0};
    struct mb_reply reply;
    struct bytes both = word_reply(7, 100), second = word_reply(8, 200);
    memcpy(both.at + both.len, second.at, second.len);
    both.len += second.len;

    mb_reader_reset(&reader);
    mb_reader_expect(&reader, &one, 7);
    mb_reader_forget(&reader);
    mb_reader_expect(&reader, &one, 8);
    assert_int_equal(feed_pieces(&reader, &both, 99, &reply), MB_OK);
    assert_int_equal(mb_reply_word(&reply, 0), 200);
    assert_int_equal(reader.late, 1);

    struct bytes third = word_reply(9, 44);
    mb_reader_expect(&reader, &one, 9);
    assert_int_equal(feed_pieces(&reader, &third, 3, &reply), MB_OK);
    assert_int_equal(mb_reply_word(&reply, 0), 44);
}

/* Its first half may have come before the time-out, and it may be of any length and wrong in
 * itself. */
static void test_late_reply_in_halves(void **state unused_arg)
{
    const struct mb_request one = {.unit = 1, .function = 4, .addr = 0, .count = 1};
    struct mb_reader reader = waiting_for(&input2);
    struct mb_reply reply;
    size_t used;
    const struct bytes *late = &answers[0].reply;
    assert_int_equal(mb_reader_feed(&reader, late->at, 5, &used, &reply), MB_MORE);
    assert_true(mb_reader_is_partial(&reader));
    mb_reader_forget(&reader);
    assert_int_equal(mb_reader_feed(&reader, late->at + 5, 3, &used, &reply), MB_MORE);
    mb_reader_expect(&reader, &one, ID + 1);
    assert_int_equal(mb_reader_feed(&reader, late->at + 8, late->len - 8, &used, &reply), MB_MORE);
    assert_false(mb_reader_is_partial(&reader));
    assert_int_equal(reader.late, 1);
    struct bytes mine = word_reply(ID + 1, 5);
    assert_int_equal(feed_pieces(&reader, &mine, 99, &reply), MB_OK);
}

static void test_bytes_behind_the_reply_are_left(void **state unused_arg)
{
    struct mb_reader reader = waiting_for(&input2);
    struct mb_reply reply;
    struct bytes bytes = answers[0].reply;
    size_t len = bytes.len, used;
    bytes.at[len] = 0xAA;
    assert_int_equal(mb_reader_feed(&reader, bytes.at, len + 1, &used, &reply), MB_OK);
    assert_int_equal(used, len);
}

static void test_unasked_bytes(void **state unused_arg)
{
    struct mb_reader reader = {0};
    struct mb_reply reply;
    struct bytes bytes = word_reply(0, 1);
    mb_reader_reset(&reader);
    assert_int_equal(feed_pieces(&reader, &bytes, 99, &reply), MB_GARBAGE);
    assert_int_equal(reply.fault, MB_FAULT_ID);
}

static void test_ids_wrap(void **state unused_arg)
{
    const struct mb_request one = {.unit = 1, .function = 4, .addr = 0, .count = 1};
    struct mb_reader reader = {0};
    struct mb_reply reply;
    mb_reader_reset(&reader);
    mb_reader_expect(&reader, &one, 0xFFFF);
    mb_reader_forget(&reader);
    mb_reader_expect(&reader, &one, 0);
    struct bytes late = word_reply(0xFFFF, 1), mine = word_reply(0, 2);
    struct bytes before = word_reply(0xFFFE, 3);
    assert_int_equal(feed_pieces(&reader, &late, 99, &reply), MB_MORE);
    assert_int_equal(feed_pieces(&reader, &mine, 99, &reply), MB_OK);
    /* Of another connection, or of nobody. */
    assert_int_equal(feed_pieces(&reader, &before, 99, &reply), MB_GARBAGE);
}

static void test_gateway_with_one_id(void **state unused_arg)
{
    const struct mb_request one = {.unit = 1, .function = 4, .addr = 0, .count = 1};
    struct mb_reader reader = {.is_any_id = true};
    struct mb_reply reply;
    struct bytes fixed = word_reply(2, 1);
    mb_reader_reset(&reader);
    mb_reader_expect(&reader, &one, 100);
    assert_int_equal(feed_pieces(&reader, &fixed, 1, &reply), MB_OK);
    mb_reader_expect(&reader, &one, 101);
    fixed.at[6] = 9; /* everything else is still checked */
    assert_int_equal(feed_pieces(&reader, &fixed, 1, &reply), MB_GARBAGE);
    assert_int_equal(reply.fault, MB_FAULT_UNIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_requests),
        cmocka_unit_test(test_requests_that_cannot_be),
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_late_reply_is_skipped),
        cmocka_unit_test(test_late_reply_in_halves),
        cmocka_unit_test(test_bytes_behind_the_reply_are_left),
        cmocka_unit_test(test_unasked_bytes),
        cmocka_unit_test(test_ids_wrap),
        cmocka_unit_test(test_gateway_with_one_id),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
