#include "billing/wording.h"

#include <inttypes.h>

#include "base/figure.h"
#include "base/instant.h"

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
    figure_count(out, amount);
    put_currency(out, currency, language);
}

void wording_price(struct buf *out, struct ratio amount, const char *currency,
                   enum language language)
{
    figure_ratio(out, amount);
    put_currency(out, currency, language);
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
        figure_ratio(out, parts[i]);
        buf_puts(out, units[i][language == LANG_KO]);
    }
}
