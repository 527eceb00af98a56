#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "modbus/plan.h"

#define CHAR_9600_NS 1041667

struct expected {
    const char *name;
    struct mbplan_limits limits;
    struct mbplan_want wants[6];
    struct mbplan_read reads[6];
};

#define LIMITS(registers, gap)                                                                     \
    {                                                                                              \
        registers, MB_BITS_MAX, gap                                                                \
    }

static const struct expected rows[] = {
    {"SDM120 on a serial line",
     LIMITS(60, 7),
     {{4, 0x0C, 2}, {4, 0x48, 2}, {4, 0x4A, 2}},
     {{4, 0x0C, 2}, {4, 0x48, 4}}},
    {"SDM120, wide gap, but 64 are illegal",
     LIMITS(60, 125),
     {{4, 0x0C, 2}, {4, 0x48, 2}, {4, 0x4A, 2}},
     {{4, 0x0C, 2}, {4, 0x48, 4}}},
    {"SDM630, slow device",
     LIMITS(80, 31),
     {{4, 0x34, 2}, {4, 0x48, 2}, {4, 0x4A, 2}},
     {{4, 0x34, 24}}},
    {"SDM630, fast device",
     LIMITS(80, 10),
     {{4, 0x34, 2}, {4, 0x48, 4}},
     {{4, 0x34, 2}, {4, 0x48, 4}}},
    {"EM24: 11 at most",
     LIMITS(11, 125),
     {{4, 0x28, 2}, {4, 0x3E, 2}},
     {{4, 0x28, 2}, {4, 0x3E, 2}}},
    {"EM340", LIMITS(50, 31), {{3, 0x28, 2}, {3, 0x34, 2}}, {{3, 0x28, 14}}},
    {"iEM3155: span 148",
     LIMITS(125, 125),
     {{3, 0x0BF3, 2}, {3, 0x0C83, 4}},
     {{3, 0x0BF3, 2}, {3, 0x0C83, 4}}},
    {"ABB B23",
     LIMITS(125, 31),
     {{3, 0x5B14, 2}, {3, 0x5000, 4}},
     {{3, 0x5000, 4}, {3, 0x5B14, 2}}},
    {"SunSpec: value and scale factor are one want",
     LIMITS(125, 0),
     {{3, 40087, 7}, {3, 40107, 17}},
     {{3, 40087, 7}, {3, 40107, 17}}},
    {"contact and power are different functions",
     LIMITS(80, 31),
     {{4, 0, 2}, {2, 0, 1}},
     {{2, 0, 1}, {4, 0, 2}}},
    {"bits", {80, 16, 31}, {{2, 0, 1}, {2, 7, 1}, {2, 16, 1}}, {{2, 0, 8}, {2, 16, 1}}},
    {"overlap and the same twice", LIMITS(80, 0), {{4, 4, 4}, {4, 2, 4}, {4, 4, 4}}, {{4, 2, 6}}},
    {"a wide one swallows", LIMITS(80, 0), {{4, 0, 10}, {4, 2, 2}, {4, 10, 1}}, {{4, 0, 11}}},
    {"never beyond the device's limit, not even when touching",
     LIMITS(4, 9),
     {{4, 0, 2}, {4, 2, 2}, {4, 4, 2}},
     {{4, 0, 4}, {4, 4, 2}}},
    {"a value is never split", LIMITS(5, 9), {{4, 0, 4}, {4, 4, 4}}, {{4, 0, 4}, {4, 4, 4}}},
    {"the last register",
     LIMITS(125, 9),
     {{4, 0xFFFE, 2}, {4, 0xFFF0, 2}},
     {{4, 0xFFF0, 2}, {4, 0xFFFE, 2}}},
};

static size_t count_wants(const struct expected *row)
{
    size_t n = 0;
    while (n < LEN(row->wants) && row->wants[n].count > 0)
        n++;
    return n;
}

static void check_row(const struct expected *row)
{
    struct mbplan_read reads[6];
    struct mbplan_place places[6];
    size_t read_count, at, wants = count_wants(row), wanted_reads = 0;
    int r = mbplan_make(row->wants, wants, &row->limits, reads, &read_count, places, &at);
    if (r != 0)
        fail_msg("%s: outcome %d at %zu", row->name, r, at);
    while (wanted_reads < LEN(row->reads) && row->reads[wanted_reads].count > 0)
        wanted_reads++;
    if (read_count != wanted_reads)
        fail_msg("%s: %zu reads, not %zu", row->name, read_count, wanted_reads);
    for (size_t i = 0; i < read_count; i++) {
        if (reads[i].function != row->reads[i].function || reads[i].addr != row->reads[i].addr ||
            reads[i].count != row->reads[i].count)
            fail_msg("%s: read %zu is %u %u x %u", row->name, i, reads[i].function, reads[i].addr,
                     reads[i].count);
    }
    for (size_t i = 0; i < wants; i++)
        assert_int_equal(reads[places[i].read].addr + places[i].offset, row->wants[i].addr);
}

static void test_plans(void **state unused_arg)
{
    for (size_t i = 0; i < LEN(rows); i++)
        check_row(&rows[i]);
}

static void test_refusals(void **state unused_arg)
{
    static const struct {
        struct mbplan_want want;
        int outcome;
    } bad[] = {
        {{4, 0, 0}, MBPLAN_E_WANT},      {{5, 0, 1}, MBPLAN_E_WANT},  {{0, 0, 1}, MBPLAN_E_WANT},
        {{4, 0xFFFF, 2}, MBPLAN_E_WANT}, {{4, 0, 61}, MBPLAN_E_WIDE}, {{2, 0, 9}, MBPLAN_E_WIDE},
    };
    const struct mbplan_limits limits = {60, 8, 0};
    for (size_t i = 0; i < LEN(bad); i++) {
        const struct mbplan_want wants[] = {{4, 0, 2}, bad[i].want};
        struct mbplan_read reads[2];
        struct mbplan_place places[2];
        size_t count, at;
        assert_int_equal(mbplan_make(wants, 2, &limits, reads, &count, places, &at),
                         bad[i].outcome);
        assert_int_equal(at, 1);
        assert_int_equal(count, 0);
    }

    static struct mbplan_want many[MBPLAN_WANTS_MAX + 1];
    static struct mbplan_read reads[MBPLAN_WANTS_MAX + 1];
    static struct mbplan_place places[MBPLAN_WANTS_MAX + 1];
    size_t count, at;
    for (size_t i = 0; i < LEN(many); i++)
        many[i] = (struct mbplan_want){4, (uint16_t)(10 * i), 2};
    assert_int_equal(mbplan_make(many, LEN(many) - 1, &limits, reads, &count, places, &at), 0);
    assert_int_equal(count, MBPLAN_WANTS_MAX);
    assert_int_equal(mbplan_make(many, LEN(many), &limits, reads, &count, places, &at),
                     MBPLAN_E_WANT);
}

/* Whatever is wanted: each want lies whole within its read, no read is over the limit, no read
 * begins or ends with something unwanted, and no gap is wider than allowed. */
static void check_random(unsigned *seed)
{
    struct mbplan_want wants[20];
    struct mbplan_read reads[20];
    struct mbplan_place places[20];
    const struct mbplan_limits limits = {(uint16_t)(4 + rand_r(seed) % 120), 64,
                                         (uint16_t)(rand_r(seed) % 20)};
    size_t count = 1 + (size_t)rand_r(seed) % LEN(wants), read_count, at;
    for (size_t i = 0; i < count; i++)
        wants[i] = (struct mbplan_want){
            .function = (uint8_t)(1 + rand_r(seed) % 4),
            .addr = (uint16_t)(rand_r(seed) % 200),
            .count = (uint16_t)(1 + rand_r(seed) % 4),
        };
    assert_int_equal(mbplan_make(wants, count, &limits, reads, &read_count, places, &at), 0);
    assert_in_range(read_count, 1, count);

    bool is_wanted[20][256] = {{false}};
    for (size_t i = 0; i < count; i++) {
        const struct mbplan_read *read = &reads[places[i].read];
        assert_int_equal(read->function, wants[i].function);
        assert_int_equal(read->addr + places[i].offset, wants[i].addr);
        assert_true(places[i].offset + wants[i].count <= read->count);
        for (uint16_t k = 0; k < wants[i].count; k++)
            is_wanted[places[i].read][places[i].offset + k] = true;
    }
    for (size_t i = 0; i < read_count; i++) {
        uint16_t most = mb_is_bits(reads[i].function) ? limits.bits_max : limits.registers_max;
        assert_true(reads[i].count <= most);
        assert_true(is_wanted[i][0] && is_wanted[i][reads[i].count - 1]);
        for (int k = 0, gap = 0; k < reads[i].count; k++) {
            gap = is_wanted[i][k] ? 0 : gap + 1;
            assert_true(gap <= limits.gap_max);
        }
    }
}

static void test_random_plans(void **state unused_arg)
{
    unsigned seed = 20;
    for (int i = 0; i < 3000; i++)
        check_random(&seed);
}

static void test_gap_worth(void **state unused_arg)
{
    assert_int_equal(mbplan_gap_worth(CHAR_9600_NS, 0), 9);
    /* The SDM630's gap of 18 registers is worth it from 16.7 ms of latency on. */
    assert_true(mbplan_gap_worth(CHAR_9600_NS, 16000) < 18);
    assert_true(mbplan_gap_worth(CHAR_9600_NS, 17000) >= 18);
    assert_int_equal(mbplan_gap_worth(CHAR_9600_NS, 60000000), MB_REGISTERS_MAX);
    assert_int_equal(mbplan_gap_worth(0, 1000), MB_REGISTERS_MAX); /* no line: TCP */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plans),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_random_plans),
        cmocka_unit_test(test_gap_worth),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
