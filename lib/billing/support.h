#pragma once
/* Support: who pays a part of a firm's fee. Programmes by priority; each wants rate x fee, limited
 * by what is left of the fee, its cap per firm and year, and its funders' budgets. What a limit
 * cuts falls to the firm, and every cut says why. */

#include "base/arena.h"
#include "billing/tariff.h"

#define BILL_NO_LIMIT INT64_MAX

enum bill_matching {
    BILL_LOOSE,  /* a funder that runs dry leaves its part to the firm */
    BILL_STRICT, /* the others shrink with it */
};
extern const char *const bill_matching_names[];

struct bill_funder {
    struct uuid id;
    struct str code;
    int64_t weight; /* 0 to 2^31 - 1; at least one of a programme's is not 0 */
};

/* A programme as the catalogue holds it. */
struct bill_programme {
    struct uuid id;
    struct str code;
    struct str name;
    int32_t valid_from_day; /* INT32_MIN, INT32_MAX: without end */
    int32_t valid_to_day;   /* the first day after */
    int64_t priority;       /* low ones first, equal ones in the order of the list */
    struct ratio rate;      /* 0 to 1 */
    enum bill_matching matching;
    bool draws_partially;    /* false: what the budgets can't give whole is not given */
    struct texts regions;    /* count 0: any */
    struct texts industries; /* KSIC codes or their beginnings: C25 holds C2599 too; count 0: any */
    int64_t head_count_max;  /* BILL_NO_LIMIT: any */
    const struct bill_funder *funders; /* in their fixed order */
    size_t funder_count;
};

/* What is left of a programme for one firm and fiscal year. Drawing lowers it, so that the next
 * usage finds what this one left. A hold of the usage's own booking is added back by the caller
 * first. */
struct bill_funds {
    int64_t firm_left;    /* of the firm's yearly cap; BILL_NO_LIMIT: no cap */
    int64_t *funder_left; /* the budgets' free balances, one a funder */
};

/* A firm's facts on the service day. */
struct bill_firm {
    bool is_known; /* false: no facts hold on that day; no programme with a condition takes it */
    struct str region;
    struct str industry;
    int64_t head_count;
};

/* Why a programme does not take a firm: bits. */
enum bill_bar {
    BILL_BAR_NOT_IN_FORCE = 1 << 0,
    BILL_BAR_NO_FACTS = 1 << 1,
    BILL_BAR_REGION = 1 << 2,
    BILL_BAR_INDUSTRY = 1 << 3,
    BILL_BAR_HEAD_COUNT = 1 << 4,
};

enum bill_cut_reason {
    BILL_CUT_WHOLE_FEE, /* never over 100 % of the fee */
    BILL_CUT_FIRM_CAP,  /* the firm's yearly cap */
    BILL_CUT_BUDGET,    /* a funder's budget; with `funder` */
    BILL_CUT_MATCHING,  /* strict: another funder's budget ran dry; with `funder`, the dry one */
    BILL_CUT_ALL_OR_NOTHING, /* not whole, so nothing; with `funder`, the dry one */
};

struct bill_cut {
    enum bill_cut_reason reason;
    const struct bill_funder *funder; /* or NULL */
    int64_t amount;                   /* what falls to the firm by it */
};

/* One a programme, in order of priority; also of those that don't take the firm. */
struct bill_grant {
    const struct bill_programme *programme;
    unsigned bars;   /* enum bill_bar; 0: it takes the firm */
    int64_t wanted;  /* rate x fee, rounded half away from zero */
    int64_t amount;  /* = sum of shares = wanted - sum of cuts */
    int64_t *shares; /* one a funder */
    struct bill_cut *cuts;
    size_t cut_count;
};

/* Lives in the arena. */
struct bill_support {
    int64_t fee;
    int64_t total;
    int64_t own_share; /* fee - total, never below 0 */
    struct bill_grant *grants;
    size_t grant_count;
};

/* Does the programme take the firm on that local day? All reasons against it go into *ret_bars
 * (enum bill_bar), 0 when it does. */
bool bill_eligible(const struct bill_programme *programme, const struct bill_firm *firm,
                   int32_t service_day, unsigned *ret_bars);

/* Support of one usage's whole fee (>= 0, minimum included). funds[i] belongs to programmes[i] and
 * is lowered. Shares of the funders are by largest remainder; strict: the largest amount whose
 * exact shares all fit into the budgets. 0, or BILL_E_RANGE (funds are then of no use). */
must_check int bill_support(const struct bill_programme *programmes, struct bill_funds *funds,
                            size_t count, const struct bill_firm *firm, int32_t service_day,
                            int64_t fee, struct arena *arena, struct bill_support *ret);

/* "whole_fee", "firm_year_cap", "budget_exhausted", "matching", "all_or_nothing". */
const char *bill_cut_name(enum bill_cut_reason reason);
/* Of one bit: "not_in_force", "no_facts", "region", "industry", "head_count". */
const char *bill_bar_name(enum bill_bar bar);
