/* Changing a booking: what it is now is read first, what is asked for replaces it, and the whole is
 * a wish like any other. */

#include <string.h>

#include "api/actions.h"
#include "api/asking.h"
#include "schema/queries.h"

struct change_in {
    int64_t start_us, end_us;
    struct field_list with;
    int mode;
    struct str purpose, configuration, override_reason, reason;
};

static const struct field change_in[] = {
    FIELD_INSTANT(struct change_in, start_us, "start", 0, "First instant of use."),
    FIELD_INSTANT(struct change_in, end_us, "end", 0, "First instant after the use."),
    FIELD_TEXTS(struct change_in, with, 0, 1, 64, WISH_WITH_MAX,
                "Resources for the same time, instead of those that it has."),
    FIELD_ENUM(struct change_in, mode, 0, wish_mode_names, -1, "Who works at the instrument."),
    FIELD_TEXT(struct change_in, purpose, 0, 1, 500, "What for."),
    FIELD_TEXT(struct change_in, configuration, 0, 1, 100, "Another configuration."),
    FIELD_TEXT(struct change_in, override_reason, 0, 3, 500,
               "Staff only: although rules are broken, and why."),
    FIELD_TEXT(struct change_in, reason, 0, 3, 500,
               "Why: needed when staff change a firm's booking."),
    FIELD_END,
};

/* The booking as it is. */
struct was {
    struct str status;
    struct uuid person, created_by, firm, resource;
    enum wish_mode mode;
    int64_t start_us, end_us;
    int64_t version;
    struct str purpose, configuration;
    const struct cat_resource *with[WISH_WITH_MAX + 1];
    size_t with_count;
};

static int column(const struct call *call, const char *name)
{
    return pg_column(call->looked, name);
}

static struct uuid was_uuid(const struct call *call, const char *name)
{
    return pg_get_uuid(call->looked, 0, column(call, name));
}

static struct str was_text(const struct call *call, const char *name)
{
    int number = column(call, name);
    return pg_is_null(call->looked, 0, number) ? (struct str){NULL, 0}
                                               : pg_get_text(call->looked, 0, number);
}

static enum wish_mode mode_of(struct str name)
{
    size_t mode = 0;
    while (wish_mode_names[mode + 1] && !str_eq_c(name, wish_mode_names[mode]))
        mode++;
    return (enum wish_mode)mode;
}

/* What is booked along with it but for the operator, whom the mode brings along: the last one. */
static void read_with(const struct call *call, struct was *was)
{
    size_t count, brought = WISH_WITH_MAX + 1;
    const struct uuid *also =
        pg_get_array(call->looked, 0, column(call, "also"), call->arena, &count);
    for (size_t i = 0; i < count && was->with_count < LEN(was->with); i++) {
        const struct cat_resource *resource = catalogue_resource_by_id(call->catalogue, also[i]);
        if (!resource)
            continue;
        if (was->mode == WISH_ASSISTED && str_eq(resource->kind, STR("operator")))
            brought = was->with_count;
        was->with[was->with_count++] = resource;
    }
    for (size_t i = brought + 1; i < was->with_count; i++)
        was->with[i - 1] = was->with[i];
    was->with_count -= brought < was->with_count;
}

static struct was read_was(const struct call *call)
{
    struct was was = {
        .status = was_text(call, "status"),
        .person = was_uuid(call, "person_id"),
        .created_by = was_uuid(call, "created_by"),
        .firm = was_uuid(call, "firm_id"),
        .resource = was_uuid(call, "resource_id"),
        .mode = mode_of(was_text(call, "mode")),
        .start_us = pg_get_instant(call->looked, 0, column(call, "start")),
        .end_us = pg_get_instant(call->looked, 0, column(call, "end")),
        .version = pg_get_int(call->looked, 0, column(call, "version")),
        .purpose = was_text(call, "purpose"),
        .configuration = was_text(call, "configuration"),
    };
    read_with(call, &was);
    return was;
}

static bool look_at_booking(struct call *call)
{
    return call_bind_path_id(call);
}

/* ---------------------------------------------------------------- may it be changed at all? */

static const struct {
    const char *status;
    enum code code;
} ended[] = {
    {"cancelled", CODE_already_cancelled},
    {"missed", CODE_already_missed},
    {"finished", CODE_already_finished},
};

static bool may_change(struct call *call, const struct was *was)
{
    const struct change_in *in = call->body;
    for (size_t i = 0; i < LEN(ended); i++) {
        if (str_eq_c(was->status, ended[i].status))
            return call_refuse(call, ended[i].code, "");
    }
    if (was->version != call->match_version) {
        problem_add(&call->problem, CODE_stale_version, "", fact_int(was->version),
                    fact_int(call->match_version));
        return false;
    }
    bool is_theirs =
        uuid_eq(call->person->id, was->person) || uuid_eq(call->person->id, was->created_by);
    if (call_is_staff(call) && !is_theirs && !in->reason.ptr)
        return call_refuse(call, CODE_missing_field, "/reason");
    return true;
}

/* What runs already keeps all but its end. */
static void keep_begun(struct call *call, const struct was *was)
{
    const struct change_in *in = call->body;
    const struct {
        const char *pointer;
        bool is_given;
    } fixed[] = {
        {"/with", in->with.items != NULL},
        {"/mode", in->mode >= 0 && in->mode != (int)was->mode},
        {"/configuration", in->configuration.ptr != NULL},
    };
    if (in->start_us != INSTANT_NONE && in->start_us != was->start_us)
        problem_add(&call->problem, CODE_in_the_past, "/start", fact_instant(was->start_us),
                    fact_instant(in->start_us));
    for (size_t i = 0; i < LEN(fixed); i++) {
        if (fixed[i].is_given)
            call_refuse(call, CODE_already_started, fixed[i].pointer);
    }
}

/* ---------------------------------------------------------------- the new wish */

static const struct cat_person *person_by_id(const struct call *call, struct uuid id)
{
    char text[UUID_TEXT_MAX];
    uuid_format(id, text);
    return catalogue_person(call->catalogue, str_of(text));
}

static void keep_with(const struct was *was, struct wish_ask *ask)
{
    while (ask->with_count < was->with_count && ask->with_count < WISH_WITH_MAX) {
        ask->with[ask->with_count] = was->with[ask->with_count];
        ask->with_count++;
    }
}

static bool has_same_with(const struct was *was, const struct wish_ask *ask)
{
    bool is_same = was->with_count == ask->with_count;
    for (size_t i = 0; is_same && i < was->with_count; i++)
        is_same = was->with[i] == ask->with[i];
    return is_same;
}

/* A price is promised for a time, a mode and what goes with it; what changes none of them keeps it,
 * and the quote that fixed it. */
static void keep_price(const struct call *call, const struct was *was, struct wish_ask *ask)
{
    if (ask->start_us != was->start_us || ask->end_us != was->end_us || ask->mode != was->mode ||
        !has_same_with(was, ask))
        return;
    ask->quote = was_uuid(call, "quote_id");
    ask->has_price = true;
    ask->fee = pg_get_int(call->looked, 0, column(call, "fee"));
    ask->price = pg_get_json(call->looked, 0, column(call, "price"));
}

/* Who agreed to a booking agreed to less of the same too. */
static bool is_within(const struct was *was, const struct wish_ask *ask)
{
    bool is_same_choice =
        !ask->configuration.ptr ||
        (was->configuration.ptr && str_eq(ask->configuration, was->configuration));
    return ask->start_us >= was->start_us && ask->end_us <= was->end_us && ask->mode == was->mode &&
           has_same_with(was, ask) && is_same_choice;
}

static bool read_ask(struct call *call, const struct was *was, struct wish_ask *ret)
{
    const struct change_in *in = call->body;
    *ret = (struct wish_ask){
        .catalogue = call->catalogue,
        .now_us = call->now_us,
        .by = call->person,
        .person = person_by_id(call, was->person),
        .firm = catalogue_firm_by_id(call->catalogue, was->firm),
        .resource = catalogue_resource_by_id(call->catalogue, was->resource),
        .mode = in->mode < 0 ? was->mode : (enum wish_mode)in->mode,
        .start_us = in->start_us == INSTANT_NONE ? was->start_us : in->start_us,
        .end_us = in->end_us == INSTANT_NONE ? was->end_us : in->end_us,
        .purpose = in->purpose.ptr ? in->purpose : was->purpose,
        .configuration = in->configuration.ptr ? in->configuration : was->configuration,
        .override_reason = in->override_reason,
        .has_started = str_eq(was->status, STR("started")) || was->start_us <= call->now_us,
        .is_offer = str_eq(was->status, STR("offered")),
        .series = was_uuid(call, "series_id"),
    };
    call_path_id(call, 0, &ret->id);
    if (!ret->person || !ret->firm || !ret->resource)
        return call_refuse(call, CODE_not_bookable, "/resource");
    if (in->with.items)
        return asking_with(call, in->with, ret);
    keep_with(was, ret);
    return true;
}

static bool prepare_change(struct call *call)
{
    const struct change_in *in = call->body;
    const struct trial_query *query = call->query;
    struct was was = read_was(call);
    struct wish_ask ask;
    struct wish wish;
    if (!may_change(call, &was) || !read_ask(call, &was, &ask))
        return false;
    if (ask.has_started)
        keep_begun(call, &was);
    keep_price(call, &was, &ask);
    ask.keeps_approvals = is_within(&was, &ask) && !str_eq(was.status, STR("pending"));
    if (call->problem.count > 0 || !asking_begin(call, &ask, query->dry_run, &wish))
        return false;
    call_bind(call, pg_int(call->match_version));
    call_bind(call, pg_text(in->reason));
    asking_bind_wish(call, &wish);
    return true;
}

const struct action action_booking_change = {
    .id = "changeBooking",
    .tag = "bookings",
    .summary = "Change a booking: all rules hold for the new one; refused, the old one stands.",
    .flags = ACTION_KEYED | ACTION_MATCH | ACTION_OUTCOME,
    .query = trial_query,
    .query_size = sizeof(struct trial_query),
    .body = change_in,
    .body_size = sizeof(struct change_in),
    .look = &q_booking_look,
    .look_at = look_at_booking,
    .stmt = &q_booking_change,
    .known = &q_booking_known,
    .reply = booking_reply,
    .reply_name = "Booking",
    .refusals = {WISH_REFUSALS, CODE_locked, CODE_already_cancelled, CODE_already_missed,
                 CODE_already_finished, CODE_already_started},
    .prepare = prepare_change,
};
