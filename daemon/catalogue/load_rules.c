/* Rules of booking: of each resource, and quotas over several. */

#include "catalogue/table.h"

/* Terms of time and money. */
static int read_terms(struct pg_row row, struct cat_rule *ret)
{
    ret->cancel_free_s = pg_row_int(row, "cancel_free_s");
    ret->cancel_fee = pg_row_int(row, "cancel_fee");
    ret->credits_resale = pg_row_bool(row, "credits_resale");
    ret->check_in_s = pg_row_int_or(row, "check_in_s", CAL_NO_LIMIT);
    ret->no_show_s = pg_row_int_or(row, "no_show_s", CAL_NO_LIMIT);
    ret->no_show_fee = pg_row_int(row, "no_show_fee");
    int result = ratio_make(pg_row_int(row, "cancel_share_num"),
                            pg_row_int(row, "cancel_share_den"), &ret->cancel_share);
    return result ? result
                  : ratio_make(pg_row_int(row, "no_show_share_num"),
                               pg_row_int(row, "no_show_share_den"), &ret->no_show_share);
}

/* Who may, with whose leave. */
static void read_access(struct catalogue *cat, struct pg_row row, struct cat_rule *ret)
{
    ret->needs_qualification = pg_row_bool(row, "needs_qualification");
    ret->unused_limit_s = pg_row_int_or(row, "unused_limit_s", CAL_NO_LIMIT);
    ret->never_used_limit_s = pg_row_int_or(row, "never_used_limit_s", CAL_NO_LIMIT);
    ret->reminder_s = pg_row_int_or(row, "reminder_s", CAL_NO_LIMIT);
    ret->approvals = snapshot_texts(cat, row, "approvals");
    ret->approval_expiry_s = pg_row_int(row, "approval_expiry_s");
    ret->regions = snapshot_texts(cat, row, "regions");
    ret->industries = snapshot_texts(cat, row, "industries");
    ret->groups = snapshot_texts(cat, row, "groups");
    ret->head_count_max = pg_row_int_or(row, "head_count_max", CAL_NO_LIMIT);
    ret->holiday_groups = snapshot_texts(cat, row, "holiday_groups");
}

static int read_rule(struct catalogue *cat, struct pg_row row, struct cat_rule *ret)
{
    *ret = (struct cat_rule){
        .validity = row_validity(row),
        .min_s = pg_row_int(row, "min_s"),
        .max_s = pg_row_int(row, "max_s"),
        .grid_s = pg_row_int(row, "grid_s"),
        .notice_s = pg_row_int(row, "notice_s"),
        .horizon_s = pg_row_int(row, "horizon_s"),
        .pad_before_s = pg_row_int(row, "pad_before_s"),
        .pad_after_s = pg_row_int(row, "pad_after_s"),
        .waives_pads = pg_row_bool(row, "waives_pads"),
        .gap_s = pg_row_int(row, "gap_s"),
        .lock_s = pg_row_int(row, "lock_s"),
        .configurations = snapshot_texts(cat, row, "configurations"),
        .takes_waitlist = pg_row_bool(row, "takes_waitlist"),
    };
    read_access(cat, row, ret);
    return read_terms(row, ret);
}

int load_rules(struct catalogue *cat, struct pg_row *t, size_t count)
{
    while ((size_t)t->row < count) {
        size_t size = row_group(*t, "resource_id");
        struct cat_resource *resource =
            snapshot_by_id(cat, SNAPSHOT_RESOURCE, pg_row_uuid(*t, "resource_id"));
        struct cat_rule *rules = arena_array(cat->arena, size, sizeof(*rules));
        for (size_t i = 0; i < size; i++, t->row++) {
            if (read_rule(cat, *t, &rules[i]))
                return 1;
        }
        if (!resource)
            return 1;
        resource->rules = rules;
        resource->rule_count = size;
    }
    return 0;
}

int load_quotas(struct catalogue *cat, struct pg_row *t, size_t count)
{
    cat->quotas = arena_array(cat->arena, count + 1, sizeof(*cat->quotas));
    cat->quota_sites = arena_array(cat->arena, count + 1, sizeof(*cat->quota_sites));
    cat->quota_count = count;
    for (size_t i = 0; i < count; i++, t->row++) {
        struct uuid resource = pg_row_uuid(*t, "resource_id");
        int holder, period;
        if (pg_row_enum(*t, "holder", cat_holder_names, &holder) ||
            pg_row_enum(*t, "period", cat_period_names, &period))
            return 1;
        cat->quota_sites[i] = pg_row_uuid(*t, "site_id");
        cat->quotas[i] = (struct cat_quota){
            .id = pg_row_uuid(*t, "id"),
            .code = snapshot_text(cat, *t, "code"),
            .validity = row_validity(*t),
            .holder = (enum cat_holder)holder,
            .group = snapshot_text(cat, *t, "group_code"),
            .resource = snapshot_by_id(cat, SNAPSHOT_RESOURCE, resource),
            .kind = snapshot_text(cat, *t, "kind"),
            .period = (enum cat_period)period,
            .weekdays = (unsigned)pg_row_int(*t, "weekdays"),
            .most_count = pg_row_int_or(*t, "most_count", CAL_NO_LIMIT),
            .most_s = pg_row_int_or(*t, "most_s", CAL_NO_LIMIT),
        };
        if (!uuid_is_nil(resource) && !cat->quotas[i].resource)
            return 1;
    }
    return 0;
}
