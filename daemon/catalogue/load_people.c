/* Firms and people: facts, groups, tokens, qualifications. */

#include "catalogue/table.h"

#include <string.h>

#include "base/instant.h"

int load_firms(struct catalogue *cat, struct pg_row *t, size_t count)
{
    struct cat_firm *firms = arena_array(cat->arena, count + 1, sizeof(*firms));
    for (size_t i = 0; i < count; i++, t->row++) {
        struct cat_firm *firm = &firms[i];
        firm->id = pg_row_uuid(*t, "id");
        firm->code = snapshot_text(cat, *t, "code");
        firm->name = snapshot_text(cat, *t, "name");
        firm->registration_number = snapshot_text(cat, *t, "registration_number");
        firm->is_blocked = pg_row_bool(*t, "is_blocked");
        snapshot_name(cat, SNAPSHOT_FIRM, firm->id, firm->code, firm);
    }
    return 0;
}

int load_facts(struct catalogue *cat, struct pg_row *t, size_t count)
{
    while ((size_t)t->row < count) {
        size_t size = row_group(*t, "firm_id");
        struct cat_firm *firm = snapshot_by_id(cat, SNAPSHOT_FIRM, pg_row_uuid(*t, "firm_id"));
        struct cat_fact *facts = arena_array(cat->arena, size, sizeof(*facts));
        for (size_t i = 0; i < size; i++, t->row++)
            facts[i] = (struct cat_fact){
                .validity = row_validity(*t),
                .region = snapshot_text(cat, *t, "region"),
                .industry = snapshot_text(cat, *t, "industry"),
                .head_count = pg_row_int(*t, "head_count"),
            };
        if (!firm)
            return 1;
        firm->facts = facts;
        firm->fact_count = size;
    }
    return 0;
}

int load_groups(struct catalogue *cat, struct pg_row *t, size_t count)
{
    while ((size_t)t->row < count) {
        size_t size = row_group(*t, "firm_id");
        struct cat_firm *firm = snapshot_by_id(cat, SNAPSHOT_FIRM, pg_row_uuid(*t, "firm_id"));
        struct cat_group *groups = arena_array(cat->arena, size, sizeof(*groups));
        for (size_t i = 0; i < size; i++, t->row++)
            groups[i] = (struct cat_group){snapshot_text(cat, *t, "group_code"), row_validity(*t)};
        if (!firm)
            return 1;
        firm->groups = groups;
        firm->group_count = size;
    }
    return 0;
}

static unsigned read_roles(struct catalogue *cat, struct pg_row row)
{
    size_t count;
    const struct str *names = pg_row_array(row, "roles", cat->scratch, &count);
    unsigned roles = 0;
    for (size_t i = 0; i < count; i++) {
        for (unsigned role = 0; role < CAT_ROLE_COUNT; role++) {
            if (str_eq_c(names[i], cat_role_names[role]))
                roles |= 1u << role;
        }
    }
    return roles;
}

int load_people(struct catalogue *cat, struct pg_row *t, size_t count)
{
    struct cat_person *people = arena_array(cat->arena, count + 1, sizeof(*people));
    for (size_t i = 0; i < count; i++, t->row++) {
        struct cat_person *person = &people[i];
        struct uuid firm = pg_row_uuid(*t, "firm_id");
        person->id = pg_row_uuid(*t, "id");
        person->code = snapshot_text(cat, *t, "code");
        person->name = snapshot_text(cat, *t, "name");
        person->roles = read_roles(cat, *t);
        person->firm = uuid_is_nil(firm) ? NULL : snapshot_by_id(cat, SNAPSHOT_FIRM, firm);
        if (!uuid_is_nil(firm) && !person->firm)
            return 1;
        snapshot_name(cat, SNAPSHOT_PERSON, person->id, person->code, person);
    }
    return 0;
}

int load_tokens(struct catalogue *cat, struct pg_row *t, size_t count)
{
    struct snapshot_token *tokens = arena_array(cat->arena, count + 1, sizeof(*tokens));
    for (size_t i = 0; i < count; i++, t->row++) {
        struct str hash = pg_row_bytes(*t, "hash");
        struct snapshot_token *token = &tokens[i];
        token->person = snapshot_by_id(cat, SNAPSHOT_PERSON, pg_row_uuid(*t, "person_id"));
        token->expires_us = pg_row_instant(*t, "expires_at");
        if (hash.len != sizeof(token->hash))
            return 1;
        memcpy(token->hash, hash.ptr, sizeof(token->hash));
        if (token->person) /* an inactive person's tokens are not in force */
            snapshot_token(cat, token);
    }
    return 0;
}

int load_qualifications(struct catalogue *cat, struct pg_row *t, size_t count)
{
    struct snapshot_qualification *all = arena_array(cat->arena, count + 1, sizeof(*all));
    for (size_t i = 0; i < count; i++, t->row++) {
        struct cat_validity validity = row_validity(*t);
        all[i].key.person = pg_row_uuid(*t, "person_id");
        all[i].key.resource = pg_row_uuid(*t, "resource_id");
        all[i].span = (struct cal_span){validity.from_us, validity.to_us};
    }
    snapshot_qualifications(cat, all, count);
    return 0;
}
