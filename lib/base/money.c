#include "base/money.h"

#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"

__extension__ typedef unsigned __int128 wide;

struct party {
    uint64_t fraction; /* remainder of its share, in parts of the sum of weights */
    size_t index;
};

static int compare_parties(const void *a, const void *b)
{
    const struct party *x = a;
    const struct party *y = b;
    if (x->fraction != y->fraction)
        return x->fraction < y->fraction ? 1 : -1;
    return (x->index > y->index) - (x->index < y->index);
}

static uint64_t sum_of_weights(const int64_t *weights, size_t count)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < count; i++) {
        assert(weights[i] >= 0 && weights[i] <= INT64_C(1) << 31);
        sum += (uint64_t)weights[i];
    }
    return sum;
}

/* Splits the magnitude and puts the sign back, which makes negative amounts mirror positive ones.
 */
static void split(int64_t amount, const int64_t *weights, uint64_t sum, size_t count,
                  int64_t *ret_shares)
{
    uint64_t total = amount < 0 ? 0 - (uint64_t)amount : (uint64_t)amount;
    uint64_t left = total;
    struct party *parties = mem_zalloc(count, sizeof(*parties));
    for (size_t i = 0; i < count; i++) {
        wide product = (wide)total * (uint64_t)weights[i];
        uint64_t share = (uint64_t)(product / sum);
        parties[i] = (struct party){(uint64_t)(product % sum), i};
        ret_shares[i] = (int64_t)(0 - share);
        left -= share;
    }
    /* The fractions add up to `left` units and each is below one, so fewer units are left than
     * there are fractions above zero: neither the end of the list nor a zero weight is ever
     * reached. */
    qsort(parties, count, sizeof(*parties), compare_parties);
    for (size_t i = 0; i < left; i++)
        ret_shares[parties[i].index]--;
    /* The shares are negative so far, because INT64_MIN has no positive counterpart. */
    for (size_t i = 0; i < count && amount > 0; i++)
        ret_shares[i] = -ret_shares[i];
    free(parties);
}

int money_split(int64_t amount, const int64_t *weights, size_t count, int64_t *ret_shares)
{
    uint64_t sum = sum_of_weights(weights, count);
    if (sum == 0 || amount == 0) {
        for (size_t i = 0; i < count; i++)
            ret_shares[i] = 0;
        return amount == 0 ? 0 : 1;
    }
    split(amount, weights, sum, count, ret_shares);
    return 0;
}
