#include "billing/absence.h"

#include "base/instant.h"
#include "billing/wording.h"

const char *const bill_absence_names[] = {"late_cancellation", "no_show", NULL};

static int64_t credit_of(const struct bill_absence *absence)
{
    return absence->agreed - absence->waived - absence->fee;
}

/* ", less 5,000 KRW for 1 h that others used" */
static void put_credit(const struct bill_absence *absence, const char *currency,
                       enum language language, struct buf *out)
{
    bool is_korean = language == LANG_KO;
    buf_puts(out, is_korean ? "다른 기업이 이용한 " : ", less ");
    if (is_korean) {
        wording_duration(out, absence->resold_s * US_PER_S, language);
        buf_puts(out, "분 ");
    }
    wording_amount(out, credit_of(absence), currency, language);
    if (!is_korean) {
        buf_puts(out, " for ");
        wording_duration(out, absence->resold_s * US_PER_S, language);
        buf_puts(out, " that others used");
    }
}

static void put_waived(const struct bill_absence *absence, const char *currency,
                       enum language language, struct buf *out)
{
    bool is_korean = language == LANG_KO;
    buf_puts(out, is_korean ? "이의 신청에 따른 " : ", less ");
    wording_amount(out, absence->waived, currency, language);
    if (!is_korean)
        buf_puts(out, " after a dispute");
}

void bill_absence_sentence(const struct bill_absence *absence, const char *currency,
                           enum language language, struct buf *out)
{
    static const char *const names[][2] = {
        [BILL_LATE_CANCELLATION] = {"Late cancellation", "예약 취소 수수료"},
        [BILL_NO_SHOW] = {"No-show", "미이용(노쇼) 수수료"},
    };
    bool is_korean = language == LANG_KO;
    buf_puts(out, names[absence->kind][language]);
    buf_puts(out, is_korean ? "(예약 " : ", ");
    wording_duration(out, absence->booked.to_us - absence->booked.from_us, language);
    buf_puts(out, is_korean ? "): " : " booked: ");
    wording_amount(out, absence->fee, currency, language);
    if (absence->fee == absence->agreed)
        return;
    buf_puts(out, " (");
    wording_amount(out, absence->agreed, currency, language);
    buf_puts(out, is_korean ? "에서 " : "");
    if (credit_of(absence) > 0)
        put_credit(absence, currency, language, out);
    if (is_korean && credit_of(absence) > 0 && absence->waived > 0)
        buf_puts(out, ", ");
    if (absence->waived > 0)
        put_waived(absence, currency, language, out);
    buf_puts(out, is_korean ? " 차감)" : ")");
}

static void write_instant(struct jsonw *w, const char *key, int64_t at_us)
{
    char text[INSTANT_TEXT_MAX];
    instant_format(at_us, text);
    jw_cstr(w, key, text);
}

void bill_absence_rule(const struct bill_absence *absence, struct jsonw *w)
{
    char booking[UUID_TEXT_MAX];
    uuid_format(absence->booking, booking);
    jw_cstr(w, "absence", bill_absence_names[absence->kind]);
    jw_cstr(w, "booking", booking);
    write_instant(w, "start", absence->booked.from_us);
    write_instant(w, "end", absence->booked.to_us);
    write_instant(w, "since", absence->since_us);
    jw_int(w, "agreed", absence->agreed);
    jw_int(w, "resold_s", absence->resold_s);
    jw_int(w, "credit", credit_of(absence));
    if (absence->waived > 0)
        jw_int(w, "waived", absence->waived);
}
