/* Support: programmes, their funders, budgets. */

#include "catalogue/table.h"

int load_programmes(struct catalogue *cat, struct pg_row *t, size_t count)
{
    cat->programmes = arena_array(cat->arena, count + 1, sizeof(*cat->programmes));
    cat->programme_sites = arena_array(cat->arena, count + 1, sizeof(*cat->programme_sites));
    cat->programme_count = count;
    for (size_t i = 0; i < count; i++, t->row++) {
        int32_t to_day = pg_row_date(*t, "valid_to_day");
        int matching;
        if (pg_row_enum(*t, "matching", bill_matching_names, &matching))
            return 1;
        cat->programme_sites[i] = pg_row_uuid(*t, "site_id");
        cat->programmes[i] = (struct bill_programme){
            .id = pg_row_uuid(*t, "id"),
            .code = snapshot_text(cat, *t, "code"),
            .name = snapshot_text(cat, *t, "name"),
            .valid_from_day = pg_row_date(*t, "valid_from_day"),
            .valid_to_day = to_day == INT32_MIN ? INT32_MAX : to_day,
            .priority = pg_row_int(*t, "priority"),
            .matching = (enum bill_matching)matching,
            .draws_partially = pg_row_bool(*t, "draws_partially"),
            .regions = snapshot_texts(cat, *t, "regions"),
            .industries = snapshot_texts(cat, *t, "industries"),
            .head_count_max = pg_row_int_or(*t, "head_count_max", BILL_NO_LIMIT),
        };
        if (ratio_make(pg_row_int(*t, "rate_num"), pg_row_int(*t, "rate_den"),
                       &cat->programmes[i].rate))
            return 1;
    }
    return 0;
}

int load_funders(struct catalogue *cat, struct pg_row *t, size_t count)
{
    while ((size_t)t->row < count) {
        size_t size = row_group(*t, "programme_id");
        struct uuid programme = pg_row_uuid(*t, "programme_id");
        struct bill_funder *funders = arena_array(cat->arena, size, sizeof(*funders));
        for (size_t i = 0; i < size; i++, t->row++)
            funders[i] = (struct bill_funder){
                .id = pg_row_uuid(*t, "funder_id"),
                .code = snapshot_text(cat, *t, "code"),
                .weight = pg_row_int(*t, "weight"),
            };
        for (size_t i = 0; i < cat->programme_count; i++) {
            if (!uuid_eq(cat->programmes[i].id, programme))
                continue;
            cat->programmes[i].funders = funders;
            cat->programmes[i].funder_count = size;
        }
    }
    return 0;
}

int load_budgets(struct catalogue *cat, struct pg_row *t, size_t count)
{
    cat->budgets = arena_array(cat->arena, count + 1, sizeof(*cat->budgets));
    cat->budget_count = count;
    for (size_t i = 0; i < count; i++, t->row++)
        cat->budgets[i] = (struct cat_budget){
            .id = pg_row_uuid(*t, "id"),
            .programme_id = pg_row_uuid(*t, "programme_id"),
            .funder_id = pg_row_uuid(*t, "funder_id"),
            .validity = row_validity(*t),
        };
    return 0;
}
