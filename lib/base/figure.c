#include "base/figure.h"

#include <inttypes.h>

#define DECIMALS_MAX 9

void figure_unsigned(struct buf *out, uint64_t count)
{
    if (count >= 1000) {
        figure_unsigned(out, count / 1000);
        buf_printf(out, ",%03" PRIu64, count % 1000);
    } else {
        buf_printf(out, "%" PRIu64, count);
    }
}

uint64_t figure_magnitude(int64_t value)
{
    return value < 0 ? -(uint64_t)value : (uint64_t)value;
}

void figure_count(struct buf *out, int64_t count)
{
    if (count < 0)
        buf_putc(out, '-');
    figure_unsigned(out, figure_magnitude(count));
}

/* Long division: the digits after the point, or false when they don't end in time. */
static bool decimals(uint64_t rest, uint64_t den, char text[DECIMALS_MAX + 1])
{
    size_t len = 0;
    while (rest != 0) {
        if (len == DECIMALS_MAX || rest > UINT64_MAX / 10)
            return false;
        rest *= 10;
        text[len++] = (char)('0' + rest / den);
        rest %= den;
    }
    text[len] = '\0';
    return true;
}

void figure_ratio(struct buf *out, struct ratio ratio)
{
    char text[DECIMALS_MAX + 1];
    uint64_t den = (uint64_t)ratio.den;
    uint64_t num = figure_magnitude(ratio.num);
    if (ratio.num < 0)
        buf_putc(out, '-');
    if (!decimals(num % den, den, text)) {
        figure_unsigned(out, num);
        buf_putc(out, '/');
        figure_unsigned(out, den);
        return;
    }
    figure_unsigned(out, num / den);
    if (text[0] != '\0')
        buf_printf(out, ".%s", text);
}
