#include "billing/explain.h"

#include "base/figure.h"
#include "base/instant.h"
#include "billing/wording.h"

/* ---------------------------------------------------------------- sentences */

static void put_unit_price(const struct bill_line *line, const char *currency,
                           enum language language, struct buf *out)
{
    static const struct {
        int64_t seconds;
        const char *ko;
    } units[] = {{1, "초당"}, {60, "분당"}, {3600, "시간당"}, {86400, "1일당"}};
    if (language == LANG_EN) {
        buf_puts(out, "at ");
        wording_price(out, line->price, currency, language);
        buf_printf(out, " per %s", line->unit);
        return;
    }
    const char *ko = NULL;
    for (size_t i = 0; i < LEN(units); i++) {
        if (units[i].seconds == line->tariff->time_unit_s)
            ko = units[i].ko;
    }
    if (ko != NULL) {
        buf_puts(out, ko);
    } else {
        wording_duration(out, line->tariff->time_unit_s * US_PER_S, language);
        buf_puts(out, "당");
    }
    buf_putc(out, ' ');
    wording_price(out, line->price, currency, language);
}

/* What rounding made of the time: nothing where it is charged as it was. */
static void put_rounding(const struct bill_line *line, enum language language, struct buf *out)
{
    bool is_korean = language == LANG_KO;
    if (line->billed_us == line->used_us)
        return;
    buf_puts(out, is_korean ? ", 과금 " : ", charged as ");
    wording_duration(out, line->billed_us, language);
    if (line->tariff->rounding == BILL_MINUTE) {
        buf_puts(out, is_korean ? "(분 미만 버림, 최소 1분)" : " (whole minutes, at least 1)");
    } else {
        buf_puts(out, is_korean ? "(" : " (started blocks of ");
        wording_duration(out, line->tariff->block_s * US_PER_S, language);
        buf_puts(out, is_korean ? " 단위 올림)" : ")");
    }
}

/* What the time was before a dispute. */
static void put_waived(const struct bill_line *line, enum language language, struct buf *out)
{
    bool is_korean = language == LANG_KO;
    if (line->waived_us == 0)
        return;
    buf_puts(out, is_korean ? "(이의 신청에 따라 " : " (corrected from ");
    wording_duration(out, line->used_us + line->waived_us, language);
    buf_puts(out, is_korean ? "에서 정정)" : " after a dispute)");
}

static void put_rounded(const struct bill_line *line, enum language language, struct buf *out)
{
    struct ratio exact;
    if (ratio_mul(line->quantity, line->price, &exact) != 0 || exact.den == 1)
        return;
    buf_puts(out, language == LANG_KO ? "(반올림 전 " : " (rounded from ");
    figure_ratio(out, exact);
    buf_putc(out, ')');
}

static void put_use(const struct bill_line *line, const char *currency, enum language language,
                    struct buf *out)
{
    buf_puts(out, language == LANG_KO ? "사용 " : "Use of ");
    wording_duration(out, line->used_us, language);
    put_waived(line, language, out);
    put_rounding(line, language, out);
    buf_puts(out, language == LANG_KO ? ", " : " ");
    put_unit_price(line, currency, language, out);
    buf_puts(out, ": ");
    wording_amount(out, line->fee, currency, language);
    put_rounded(line, language, out);
}

void bill_line_sentence(const struct bill_line *line, const char *currency, enum language language,
                        struct buf *out)
{
    bool is_korean = language == LANG_KO;
    switch (line->kind) {
    case BILL_LINE_USE:
        put_use(line, currency, language, out);
        break;
    case BILL_LINE_SETUP:
        buf_puts(out, is_korean ? "준비 비용(1회): " : "Set-up, once: ");
        wording_amount(out, line->fee, currency, language);
        break;
    case BILL_LINE_MINIMUM:
        buf_puts(out, is_korean ? "최저 요금 " : "Up to the minimum charge of ");
        wording_amount(out, line->tariff->minimum_fee, currency, language);
        buf_puts(out, is_korean ? "까지의 차액: " : ": ");
        wording_amount(out, line->fee, currency, language);
        break;
    case BILL_LINE_FEE:
        bill_absence_sentence(line->absence, currency, language, out);
        break;
    }
    buf_putc(out, '.');
}

static void put_bars(const struct bill_grant *grant, enum language language, struct buf *out)
{
    static const struct {
        enum bill_bar bar;
        const char *text[2];
    } rows[] = {
        {BILL_BAR_NOT_IN_FORCE, {"not in force on that day", "시행 기간 아님"}},
        {BILL_BAR_NO_FACTS, {"nothing is known of the firm on that day", "기업 정보 없음"}},
        {BILL_BAR_REGION, {"another region", "지역 불일치"}},
        {BILL_BAR_INDUSTRY, {"another industry", "업종 불일치"}},
        {BILL_BAR_HEAD_COUNT, {"too many employees", "상시 근로자 수 초과"}},
    };
    buf_puts(out, language == LANG_KO ? " 지원 대상 아님: " : " does not apply: ");
    bool is_first = true;
    for (size_t i = 0; i < LEN(rows); i++) {
        if ((grant->bars & (unsigned)rows[i].bar) == 0)
            continue;
        buf_puts(out, is_first ? "" : ", ");
        buf_puts(out, rows[i].text[language == LANG_KO]);
        is_first = false;
    }
}

static void put_cut(const struct bill_cut *cut, const char *currency, enum language language,
                    struct buf *out)
{
    static const char *const texts[][2] = {
        [BILL_CUT_WHOLE_FEE] = {"support never passes the fee", "지원은 요금을 넘을 수 없음"},
        [BILL_CUT_FIRM_CAP] = {"the firm's yearly cap is reached", "기업별 연간 한도 도달"},
        [BILL_CUT_BUDGET] = {"the budget has run dry", "예산 소진"},
        [BILL_CUT_MATCHING] = {"the funders pay only together", "매칭 재원 부족에 따른 축소"},
        [BILL_CUT_ALL_OR_NOTHING] = {"it is given whole or not at all", "전액 지원만 가능"},
    };
    buf_puts(out, "; ");
    wording_amount(out, cut->amount, currency, language);
    buf_puts(out, language == LANG_KO ? " 제외: " : " is left to the firm: ");
    buf_puts(out, texts[cut->reason][language == LANG_KO]);
    if (cut->funder != NULL)
        buf_printf(out, " (" STR_FMT ")", STR_ARG(cut->funder->code));
}

void bill_grant_sentence(const struct bill_grant *grant, const char *currency,
                         enum language language, struct buf *out)
{
    const struct bill_programme *programme = grant->programme;
    buf_str(out, programme->name);
    if (grant->bars != 0) {
        put_bars(grant, language, out);
        buf_putc(out, '.');
        return;
    }
    struct ratio percent;
    if (ratio_mul(programme->rate, (struct ratio){100, 1}, &percent) == 0) {
        buf_puts(out, " (");
        figure_ratio(out, percent);
        buf_puts(out, language == LANG_KO ? "%)" : " %)");
    }
    buf_puts(out, language == LANG_KO ? " 지원금 " : " pays ");
    wording_amount(out, grant->amount, currency, language);
    const char *separator = ": ";
    for (size_t i = 0; i < programme->funder_count; i++) {
        if (grant->shares[i] == 0)
            continue;
        buf_puts(out, separator);
        buf_str(out, programme->funders[i].code);
        buf_putc(out, ' ');
        wording_amount(out, grant->shares[i], currency, language);
        separator = ", ";
    }
    for (size_t i = 0; i < grant->cut_count; i++)
        put_cut(&grant->cuts[i], currency, language, out);
    buf_putc(out, '.');
}

/* ---------------------------------------------------------------- data */

static void write_ratio(struct jsonw *w, const char *key, struct ratio ratio)
{
    jw_object(w, key);
    jw_int(w, "num", ratio.num);
    jw_int(w, "den", ratio.den);
    jw_end_object(w);
}

static void write_uuid(struct jsonw *w, const char *key, struct uuid id)
{
    char text[UUID_TEXT_MAX];
    uuid_format(id, text);
    jw_cstr(w, key, text);
}

static void write_line_texts(const struct bill_line *line, const char *currency, struct jsonw *w)
{
    struct buf text = {0};
    jw_object(w, "text");
    bill_line_sentence(line, currency, LANG_EN, &text);
    jw_text(w, "en", buf_view(&text));
    buf_reset(&text);
    bill_line_sentence(line, currency, LANG_KO, &text);
    jw_text(w, "ko", buf_view(&text));
    jw_end_object(w);
    buf_fini(&text);
}

static void write_rule(const struct bill_line *line, struct jsonw *w)
{
    const struct bill_tariff *tariff = line->tariff;
    jw_object(w, "rule");
    switch (line->kind) {
    case BILL_LINE_USE:
        jw_cstr(w, "rounding", bill_rounding_names[tariff->rounding]);
        if (tariff->rounding == BILL_BLOCK)
            jw_int(w, "block_s", tariff->block_s);
        jw_int(w, "time_unit_s", tariff->time_unit_s);
        jw_int(w, "used_us", line->used_us);
        jw_int(w, "billed_us", line->billed_us);
        if (line->waived_us > 0)
            jw_int(w, "waived_us", line->waived_us);
        break;
    case BILL_LINE_SETUP:
        jw_int(w, "setup_fee", tariff->setup_fee);
        break;
    case BILL_LINE_MINIMUM:
        jw_int(w, "minimum_fee", tariff->minimum_fee);
        break;
    case BILL_LINE_FEE:
        bill_absence_rule(line->absence, w);
        break;
    }
    jw_end_object(w);
}

void bill_explain_line(const struct bill_line *line, const char *currency, struct jsonw *w,
                       const char *key)
{
    jw_object(w, key);
    jw_cstr(w, "kind", bill_line_kind_names[line->kind]);
    write_uuid(w, "tariff_id", line->tariff->id);
    write_rule(line, w);
    write_ratio(w, "quantity", line->quantity);
    jw_cstr(w, "unit", line->unit);
    write_ratio(w, "price", line->price);
    jw_int(w, "fee", line->fee);
    jw_int(w, "support", line->support);
    jw_int(w, "own_share", line->own_share);
    jw_int(w, "tax", line->tax);
    jw_cstr(w, "tax_kind", bill_tax_kind_names[line->tariff->tax_kind]);
    write_line_texts(line, currency, w);
    jw_end_object(w);
}

static void write_funders(const struct bill_grant *grant, struct jsonw *w)
{
    jw_array(w, "funders");
    for (size_t i = 0; i < grant->programme->funder_count; i++) {
        jw_object(w, NULL);
        write_uuid(w, "id", grant->programme->funders[i].id);
        jw_text(w, "code", grant->programme->funders[i].code);
        jw_int(w, "amount", grant->shares[i]);
        jw_end_object(w);
    }
    jw_end_array(w);
}

static void write_cuts(const struct bill_grant *grant, struct jsonw *w)
{
    jw_array(w, "cuts");
    for (size_t i = 0; i < grant->cut_count; i++) {
        const struct bill_cut *cut = &grant->cuts[i];
        jw_object(w, NULL);
        jw_cstr(w, "code", bill_cut_name(cut->reason));
        jw_int(w, "amount", cut->amount);
        if (cut->funder != NULL)
            jw_text(w, "funder", cut->funder->code);
        jw_end_object(w);
    }
    jw_end_array(w);
}

static void write_bars(unsigned bars, struct jsonw *w)
{
    jw_array(w, "bars");
    for (unsigned bit = BILL_BAR_NOT_IN_FORCE; bit <= BILL_BAR_HEAD_COUNT; bit <<= 1) {
        if ((bars & bit) != 0)
            jw_cstr(w, NULL, bill_bar_name((enum bill_bar)bit));
    }
    jw_end_array(w);
}

static void write_grant_texts(const struct bill_grant *grant, const char *currency, struct jsonw *w)
{
    struct buf text = {0};
    jw_object(w, "text");
    bill_grant_sentence(grant, currency, LANG_EN, &text);
    jw_text(w, "en", buf_view(&text));
    buf_reset(&text);
    bill_grant_sentence(grant, currency, LANG_KO, &text);
    jw_text(w, "ko", buf_view(&text));
    jw_end_object(w);
    buf_fini(&text);
}

void bill_explain_support(const struct bill_support *support, const char *currency, struct jsonw *w,
                          const char *key)
{
    jw_object(w, key);
    jw_int(w, "fee", support->fee);
    jw_int(w, "support", support->total);
    jw_int(w, "own_share", support->own_share);
    jw_array(w, "programmes");
    for (size_t i = 0; i < support->grant_count; i++) {
        const struct bill_grant *grant = &support->grants[i];
        jw_object(w, NULL);
        write_uuid(w, "id", grant->programme->id);
        jw_text(w, "code", grant->programme->code);
        write_ratio(w, "rate", grant->programme->rate);
        jw_int(w, "wanted", grant->wanted);
        jw_int(w, "amount", grant->amount);
        write_funders(grant, w);
        write_cuts(grant, w);
        write_bars(grant->bars, w);
        write_grant_texts(grant, currency, w);
        jw_end_object(w);
    }
    jw_end_array(w);
    jw_end_object(w);
}

static void write_items(const struct bill_invoice *invoice, const char *currency, struct jsonw *w)
{
    jw_array(w, "items");
    for (size_t i = 0; i < invoice->item_count; i++) {
        jw_object(w, NULL);
        jw_array(w, "lines");
        for (size_t j = invoice->first_line[i]; j < invoice->first_line[i + 1]; j++)
            bill_explain_line(&invoice->lines[j], currency, w, NULL);
        jw_end_array(w);
        bill_explain_support(&invoice->supports[i], currency, w, "support");
        jw_end_object(w);
    }
    jw_end_array(w);
}

static void write_taxes(const struct bill_invoice *invoice, const struct bill_tax_rule *rule,
                        struct jsonw *w)
{
    bool is_floor = rule->rounding == ROUND_FLOOR;
    jw_object(w, "taxes");
    write_ratio(w, "rate", rule->rate);
    jw_cstr(w, "base", bill_tax_base_names[rule->base]);
    jw_cstr(w, "rounding", bill_tax_rounding_names[is_floor ? 0 : 1]);
    jw_array(w, "kinds");
    for (size_t kind = 0; kind < BILL_TAX_KINDS; kind++) {
        jw_object(w, NULL);
        jw_cstr(w, "kind", bill_tax_kind_names[kind]);
        jw_int(w, "base", invoice->tax_sums[kind].base);
        jw_int(w, "tax", invoice->tax_sums[kind].tax);
        jw_end_object(w);
    }
    jw_end_array(w);
    jw_end_object(w);
}

void bill_explain(const struct bill_invoice *invoice, const struct bill_terms *terms,
                  const char *currency, struct jsonw *w, const char *key)
{
    jw_object(w, key);
    write_items(invoice, currency, w);
    write_taxes(invoice, &terms->tax, w);
    jw_int(w, "truncate_to", terms->truncate_to);
    jw_cstr(w, "currency", currency);
    jw_int(w, "fee", invoice->fee);
    jw_int(w, "support", invoice->support);
    jw_int(w, "own_share", invoice->own_share);
    jw_int(w, "tax", invoice->tax);
    jw_int(w, "truncation", invoice->truncation);
    jw_int(w, "total", invoice->total);
    jw_end_object(w);
}
