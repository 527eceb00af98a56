#pragma once
/* Which rule made each amount: as data and as sentences, for quotes (booking.explain) and for
 * invoice_line.explain and .text. */

#include "base/code.h"
#include "base/json.h"
#include "billing/invoice.h"

/* 1234567 as "1,234,567". */
void bill_put_amount(struct buf *out, int64_t amount);

/* One sentence: "Use 2 h 30 min at 1,333 KRW per h, exact time: 3,333 KRW." / its Korean form.
 * `currency` is its ISO 4217 code; KRW is written as won in Korean. */
void bill_line_sentence(const struct bill_line *line, const char *currency, enum language language,
                        struct buf *out);

/* One sentence for a programme: what it pays, by whom, and what cut it or bars it. */
void bill_grant_sentence(const struct bill_grant *grant, const char *currency,
                         enum language language, struct buf *out);

/* One line as an object: kind, tariff_id, rule {...}, quantity, unit, price, fee, support,
 * own_share, tax, tax_kind, text {en, ko}. Exact ratios are {"num", "den"}. */
void bill_explain_line(const struct bill_line *line, const char *currency, struct jsonw *w,
                       const char *key);

/* The support of one item as an object: fee, support, own_share, programmes [{code, wanted, amount,
 * funders, cuts, bars, text {en, ko}}]. */
void bill_explain_support(const struct bill_support *support, const char *currency, struct jsonw *w,
                          const char *key);

/* The whole: items [{lines, support}], tax {...}, and the totals fee, support, own_share, tax,
 * truncation, total, currency. `terms` are those it was made with. */
void bill_explain(const struct bill_invoice *invoice, const struct bill_terms *terms,
                  const char *currency, struct jsonw *w, const char *key);
