#include "api/asking.h"

#include "api/suggest.h"

const struct field trial_query[] = {
    {"dry_run", FT_BOOL, FIELD_DEFAULT, 0, 0, false, offsetof(struct trial_query, dry_run), 0, NULL,
     NULL, "Tell what would come of it, and store nothing."},
    FIELD_END,
};

bool asking_with(struct call *call, struct field_list names, struct wish_ask *ret)
{
    const struct str *items = names.items;
    bool is_known = true;
    ret->with_count = names.count;
    for (size_t i = 0; i < names.count; i++) {
        const char *pointer = arena_printf(call->arena, "/with/%zu", i);
        ret->with[i] = call_resource(call, items[i], pointer);
        is_known &= ret->with[i] != NULL;
    }
    return is_known;
}

bool asking_read(struct call *call, const struct asking *asking, struct wish_ask *ret)
{
    *ret = (struct wish_ask){
        .catalogue = call->catalogue,
        .now_us = call->now_us,
        .by = call->person,
        .resource = call_resource(call, asking->resource, "/resource"),
        .firm = call_firm(call, asking->firm, "/firm"),
        .mode = (enum wish_mode)asking->mode,
        .purpose = asking->purpose,
        .configuration = asking->configuration,
    };
    bool are_known = asking_with(call, asking->with, ret);
    if (!ret->firm)
        return false;
    ret->person = call_person(call, asking->person, "/person", ret->firm);
    return ret->resource && ret->person && are_known;
}

bool asking_begin(struct call *call, const struct wish_ask *ask, bool is_dry_run,
                  struct wish *ret_wish)
{
    suggest_for(call, ask);
    int outcome = wish_make(ask, call->arena, &call->problem, ret_wish);
    if (outcome == WISH_E_HOPELESS)
        return false;
    call->is_trial = is_dry_run || outcome == WISH_E_REFUSED;
    call->makes = ret_wish->id;
    if (is_dry_run)
        call->key = (struct str){NULL, 0};
    call_bind_key(call);
    call_bind(call, pg_instant(call->now_us));
    call_bind(call, pg_int(catalogue_version(call->catalogue)));
    call_bind(call, pg_bool(call->is_trial));
    return true;
}

void asking_bind_wish(struct call *call, const struct wish *wish)
{
    struct pg_param params[WISH_PARAMS];
    size_t count = wish_params(wish, params);
    for (size_t i = 0; i < count; i++)
        call_bind(call, params[i]);
}
