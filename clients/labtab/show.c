#include "show.h"

#include "base/figure.h"

#include <inttypes.h>

/* Digits behind the point, of currencies that do not have two (ISO 4217). */
static int decimals_of(struct str currency)
{
    static const char none[][4] = {"KRW", "JPY", "VND", "CLP", "ISK", "PYG",
                                   "UGX", "XAF", "XOF", "XPF", "RWF"};
    static const char three[][4] = {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"};
    for (size_t i = 0; i < LEN(none); i++) {
        if (str_eq_c(currency, none[i]))
            return 0;
    }
    for (size_t i = 0; i < LEN(three); i++) {
        if (str_eq_c(currency, three[i]))
            return 3;
    }
    return currency.len > 0 ? 2 : 0;
}

static int64_t scale_of(struct str currency)
{
    int64_t scale = 1;
    for (int i = decimals_of(currency); i > 0; i--)
        scale *= 10;
    return scale;
}

static void put_currency(struct buf *out, struct str currency)
{
    if (currency.len > 0)
        buf_printf(out, " " STR_FMT, STR_ARG(currency));
}

void show_amount(struct buf *out, int64_t amount, struct str currency)
{
    uint64_t scale = (uint64_t)scale_of(currency), units = figure_magnitude(amount);
    if (amount < 0)
        buf_putc(out, '-');
    figure_unsigned(out, units / scale);
    if (scale > 1)
        buf_printf(out, ".%0*" PRIu64, decimals_of(currency), units % scale);
    put_currency(out, currency);
}

void show_price(struct buf *out, struct ratio price, struct str currency)
{
    struct ratio scaled;
    if (ratio_div(price, (struct ratio){scale_of(currency), 1}, &scaled)) {
        figure_ratio(out, price);
        buf_puts(out, " of the smallest unit of");
    } else {
        figure_ratio(out, scaled);
    }
    put_currency(out, currency);
}

void show_duration(struct buf *out, int64_t seconds)
{
    uint64_t total = figure_magnitude(seconds);
    uint64_t h = total / 3600, min = total / 60 % 60, s = total % 60;
    if (seconds < 0)
        buf_putc(out, '-');
    if (h > 0) {
        figure_unsigned(out, h);
        buf_printf(out, " h %02" PRIu64 " min", min);
    } else if (min > 0) {
        buf_printf(out, "%" PRIu64 " min", min);
    }
    if (total < 60)
        buf_printf(out, "%" PRIu64 " s", s);
    else if (s > 0)
        buf_printf(out, " %02" PRIu64 " s", s);
}

void show_milli(struct buf *out, int64_t thousandths, const char *unit)
{
    uint64_t total = figure_magnitude(thousandths);
    if (thousandths < 0)
        buf_putc(out, '-');
    figure_unsigned(out, total / 1000);
    if (total % 1000 > 0)
        buf_printf(out, ".%03" PRIu64, total % 1000);
    buf_printf(out, " %s", unit);
}
