#pragma once
/* Amounts and quantities as people read them, exact. */

#include "base/ratio.h"
#include "base/str.h"

/* `amount` in the currency's smallest unit: "1,234 KRW", "12.34 USD"; without a currency the
 * count. */
void show_amount(struct buf *out, int64_t amount, struct str currency);

/* The same for a price that need not be whole: "33.5 KRW", or "100/3 KRW" where the decimals do not
 * end. */
void show_price(struct buf *out, struct ratio price, struct str currency);

/* "1 h 05 min", "5 min 30 s", "45 s" */
void show_duration(struct buf *out, int64_t seconds);

/* Thousandths of a unit: "1,234.567 Wh", "1,200 W" */
void show_milli(struct buf *out, int64_t thousandths, const char *unit);
