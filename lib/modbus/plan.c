#include "modbus/plan.h"

#define REQUEST_CHARS 20

static bool is_read(uint8_t function)
{
    return function >= MB_READ_COILS && function <= MB_READ_INPUT;
}

static uint16_t most_of(const struct mbplan_limits *limits, uint8_t function)
{
    uint16_t most = mb_is_bits(function) ? MB_BITS_MAX : MB_REGISTERS_MAX;
    uint16_t device = mb_is_bits(function) ? limits->bits_max : limits->registers_max;
    return device < most ? device : most;
}

static uint32_t end_of(const struct mbplan_want *want)
{
    return (uint32_t)want->addr + want->count;
}

static int check(const struct mbplan_want *want, const struct mbplan_limits *limits)
{
    if (!is_read(want->function) || want->count == 0 || end_of(want) > 0x10000)
        return MBPLAN_E_WANT;
    return want->count > most_of(limits, want->function) ? MBPLAN_E_WIDE : 0;
}

static bool is_before(const struct mbplan_want *a, const struct mbplan_want *b)
{
    return a->function != b->function ? a->function < b->function : a->addr < b->addr;
}

/* Insertion sort of indices: lists are short, nearly sorted, and equal wants keep their order. */
static void sort(const struct mbplan_want *wants, size_t count, uint16_t *order)
{
    for (size_t i = 0; i < count; i++) {
        size_t at = i;
        for (; at > 0 && is_before(&wants[i], &wants[order[at - 1]]); at--)
            order[at] = order[at - 1];
        order[at] = (uint16_t)i;
    }
}

/* Stretches `read` over `want` when that is allowed and worth it. */
static bool join(struct mbplan_read *read, const struct mbplan_want *want,
                 const struct mbplan_limits *limits)
{
    uint32_t read_end = (uint32_t)read->addr + read->count;
    if (read->function != want->function || want->addr > read_end + limits->gap_max)
        return false;
    uint32_t end = end_of(want) > read_end ? end_of(want) : read_end;
    if (end - read->addr > most_of(limits, read->function))
        return false;
    read->count = (uint16_t)(end - read->addr);
    return true;
}

int mbplan_make(const struct mbplan_want *wants, size_t count, const struct mbplan_limits *limits,
                struct mbplan_read *ret_reads, size_t *ret_read_count,
                struct mbplan_place *ret_places, size_t *ret_at)
{
    uint16_t order[MBPLAN_WANTS_MAX];
    *ret_read_count = 0;
    for (*ret_at = 0; *ret_at < count; ++*ret_at) {
        int r = *ret_at < MBPLAN_WANTS_MAX ? check(&wants[*ret_at], limits) : MBPLAN_E_WANT;
        if (r)
            return r;
    }

    sort(wants, count, order);
    size_t reads = 0;
    for (size_t i = 0; i < count; i++) {
        const struct mbplan_want *want = &wants[order[i]];
        if (reads == 0 || !join(&ret_reads[reads - 1], want, limits))
            ret_reads[reads++] = (struct mbplan_read){want->function, want->addr, want->count};
        const struct mbplan_read *read = &ret_reads[reads - 1];
        ret_places[order[i]] = (struct mbplan_place){
            .read = (uint16_t)(reads - 1),
            .offset = (uint16_t)(want->addr - read->addr),
        };
    }
    *ret_read_count = reads;
    return 0;
}

uint16_t mbplan_gap_worth(int64_t char_ns, int64_t latency_us)
{
    if (char_ns <= 0)
        return MB_REGISTERS_MAX;
    int64_t request_ns = REQUEST_CHARS * char_ns + latency_us * 1000;
    int64_t gap = (request_ns - 1) / (2 * char_ns); /* strictly cheaper, not as cheap */
    return gap < MB_REGISTERS_MAX ? (uint16_t)gap : MB_REGISTERS_MAX;
}
