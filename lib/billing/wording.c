#include "billing/wording.h"

#include <inttypes.h>

#include "base/instant.h"

#define DECIMALS_MAX 9

static void put_grouped(struct buf *out, uint64_t count)
{
    if (count >= 1000) {
        put_grouped(out, count / 1000);
        buf_printf(out, ",%03" PRIu64, count % 1000);
    } else {
        buf_printf(out, "%" PRIu64, count);
    }
}

static uint64_t magnitude(int64_t value)
{
    return value < 0 ? -(uint64_t)value : (uint64_t)value;
}

void wording_count(struct buf *out, int64_t count)
{
    if (count < 0)
        buf_putc(out, '-');
    put_grouped(out, magnitude(count));
}

static void put_currency(struct buf *out, const char *currency, enum language language)
{
    if (language == LANG_KO && str_eq_c(STR("KRW"), currency)) {
        buf_puts(out, "원");
    } else {
        buf_putc(out, ' ');
        buf_puts(out, currency);
    }
}

void wording_amount(struct buf *out, int64_t amount, const char *currency, enum language language)
{
    wording_count(out, amount);
    put_currency(out, currency, language);
}

void wording_price(struct buf *out, struct ratio amount, const char *currency,
                   enum language language)
{
    wording_ratio(out, amount);
    put_currency(out, currency, language);
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

void wording_ratio(struct buf *out, struct ratio ratio)
{
    char text[DECIMALS_MAX + 1];
    uint64_t den = (uint64_t)ratio.den;
    uint64_t num = magnitude(ratio.num);
    if (ratio.num < 0)
        buf_putc(out, '-');
    if (!decimals(num % den, den, text)) {
        put_grouped(out, num);
        buf_putc(out, '/');
        put_grouped(out, den);
        return;
    }
    put_grouped(out, num / den);
    if (text[0] != '\0')
        buf_printf(out, ".%s", text);
}

void wording_duration(struct buf *out, int64_t us, enum language language)
{
    static const char *const units[][2] = {{" h", "시간"}, {" min", "분"}, {" s", "초"}};
    struct ratio seconds;
    if (ratio_make(us % US_PER_MIN, US_PER_S, &seconds) != 0)
        return; /* never: the denominator is not 0 and the rest is below a minute */
    const struct ratio parts[] = {{us / US_PER_H, 1}, {us % US_PER_H / US_PER_MIN, 1}, seconds};
    bool is_first = true;
    for (size_t i = 0; i < LEN(parts); i++) {
        bool is_last = i == LEN(parts) - 1;
        if (parts[i].num == 0 && !(is_last && is_first))
            continue;
        if (!is_first)
            buf_putc(out, ' ');
        is_first = false;
        wording_ratio(out, parts[i]);
        buf_puts(out, units[i][language == LANG_KO]);
    }
}
