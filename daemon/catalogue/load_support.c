/* Support: programmes, their funders, budgets. */

#include "catalogue/table.h"

int load_programmes(struct catalogue *cat, struct table *t, size_t count)
{
    cat->programmes = arena_array(cat->arena, count + 1, sizeof(*cat->programmes));
    cat->programme_sites = arena_array(cat->arena, count + 1, sizeof(*cat->programme_sites));
    cat->programme_count = count;
    for (size_t i = 0; i < count; i++, t->row++) {
        int32_t to_day = table_day(t, "valid_to_day");
        cat->programme_sites[i] = table_uuid(t, "site_id");
        cat->programmes[i] = (struct bill_programme){
            .id = table_uuid(t, "id"),
            .code = table_text(cat, t, "code"),
            .name = table_text(cat, t, "name"),
            .valid_from_day = table_day(t, "valid_from_day"),
            .valid_to_day = to_day == INT32_MIN ? INT32_MAX : to_day,
            .priority = table_int(t, "priority"),
            .matching = (enum bill_matching)table_enum(t, "matching", bill_matching_names),
            .draws_partially = table_bool(t, "draws_partially"),
            .regions = table_texts(cat, t, "regions"),
            .industries = table_texts(cat, t, "industries"),
            .head_count_max = table_int_or(t, "head_count_max", BILL_NO_LIMIT),
        };
        if (ratio_make(table_int(t, "rate_num"), table_int(t, "rate_den"),
                       &cat->programmes[i].rate))
            return 1;
    }
    return 0;
}

int load_funders(struct catalogue *cat, struct table *t, size_t count)
{
    while ((size_t)t->row < count) {
        size_t size = table_group(t, "programme_id");
        struct uuid programme = table_uuid(t, "programme_id");
        struct bill_funder *funders = arena_array(cat->arena, size, sizeof(*funders));
        for (size_t i = 0; i < size; i++, t->row++)
            funders[i] = (struct bill_funder){
                .id = table_uuid(t, "funder_id"),
                .code = table_text(cat, t, "code"),
                .weight = table_int(t, "weight"),
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

int load_budgets(struct catalogue *cat, struct table *t, size_t count)
{
    cat->budgets = arena_array(cat->arena, count + 1, sizeof(*cat->budgets));
    cat->budget_count = count;
    for (size_t i = 0; i < count; i++, t->row++)
        cat->budgets[i] = (struct cat_budget){
            .id = table_uuid(t, "id"),
            .programme_id = table_uuid(t, "programme_id"),
            .funder_id = table_uuid(t, "funder_id"),
            .validity = table_validity(t),
        };
    return 0;
}
