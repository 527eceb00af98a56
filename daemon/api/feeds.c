/* Calendars to subscribe to. A feed's address is its secret; it shows what who made it may see. */

#include "api/actions.h"
#include "api/call.h"
#include "base/secret.h"
#include "ical/feed.h"
#include "schema/queries.h"

#define FEEDS_MAX     100  /* in force, of one person */
#define EVENTS_MAX    2000 /* of one reading: 25 ms to write */
#define REFRESH_S     900
#define PAST_MAX_US   (90 * US_PER_DAY)
#define FEED_PATH     "/v1/feeds/"
#define FEED_SUFFIX   STR(".ics")
#define CALENDAR_TYPE "text/calendar; charset=utf-8"

enum { KIND_RESOURCE, KIND_FIRM, KIND_PERSON };
static const char *const kind_names[] = {"resource", "firm", "person", NULL};

static const struct reply_field feed_reply[] = {
    {"id", RT_UUID, false, "The feed."},
    {"kind", RT_TEXT, false, "`resource`, `firm` or `person`."},
    {"object", RT_TEXT, true, "Code of what it shows."},
    {"label", RT_TEXT, false, "Its name, as calendars show it."},
    {"created_by", RT_TEXT, true, "Code of the person who made it."},
    {"created_at", RT_INSTANT, false, "When it was made."},
    {"revoked_at", RT_INSTANT, true, "When it was revoked."},
    {"url", RT_EXTRA, true,
     "Path to subscribe to; who has it can read the feed. Shown this once, stored only as a hash."},
    REPLY_END,
};

struct feed_in {
    int kind;
    struct str object, label;
};

static const struct field feed_in[] = {
    FIELD_ENUM(struct feed_in, kind, FIELD_NEEDED, kind_names, -1,
               "What takes a resource, all bookings of a firm, or the person's own bookings and "
               "courses."),
    FIELD_TEXT(struct feed_in, object, 0, 1, 64,
               "Code or id of the resource or firm; for others than the lab's staff the firm is "
               "their own, and a person always themselves."),
    FIELD_TEXT(struct feed_in, label, FIELD_NEEDED, 1, 100, "Its name, as calendars show it."),
    FIELD_END,
};

/* The id of what the feed shows; false: refused. */
static bool find_object(struct call *call, const struct feed_in *in, struct uuid *ret)
{
    const struct cat_resource *resource = NULL;
    const struct cat_firm *firm = NULL;
    switch (in->kind) {
    case KIND_RESOURCE:
        if (!in->object.ptr)
            return call_refuse(call, CODE_missing_field, "/object");
        resource = call_resource(call, in->object, "/object");
        *ret = resource ? resource->id : UUID_NIL;
        return resource;
    case KIND_FIRM:
        firm = call_firm(call, in->object, "/object");
        *ret = firm ? firm->id : UUID_NIL;
        return firm;
    default:
        *ret = call->person->id;
        if (in->object.ptr && catalogue_person(call->catalogue, in->object) != call->person)
            return call_refuse(call, CODE_forbidden, "/object");
        return true;
    }
}

static bool prepare_create(struct call *call)
{
    const struct feed_in *in = call->body;
    struct uuid object;
    if (!find_object(call, in, &object))
        return false;
    char *secret = arena_alloc(call->arena, SECRET_TOKEN_MAX);
    uint8_t *hash = arena_alloc(call->arena, SECRET_HASH_LEN);
    secret_token(secret);
    secret_hash(str_of(secret), hash);
    call_bind(call, pg_uuid(call->person->id));
    call_bind(call, pg_instant(call->now_us));
    call_bind(call, pg_uuid(uuid_v7(call->now_us)));
    call_bind(call, pg_uuid(call->person->firm ? call->person->firm->id : UUID_NIL));
    call_bind(call, pg_cstr(kind_names[in->kind]));
    call_bind(call, pg_uuid(object));
    call_bind(call, pg_bytes(hash, SECRET_HASH_LEN));
    call_bind(call, pg_text(in->label));
    call_bind(call, pg_int(FEEDS_MAX));
    call->extra =
        str_of(arena_printf(call->arena, FEED_PATH "%s" STR_FMT, secret, STR_ARG(FEED_SUFFIX)));
    return true;
}

const struct action action_feed_create = {
    .id = "createFeed",
    .tag = "feeds",
    .summary = "Make a calendar to subscribe to; its address is shown once.",
    .flags = ACTION_OUTCOME | ACTION_CREATES,
    .body = feed_in,
    .body_size = sizeof(struct feed_in),
    .stmt = &q_feed_create,
    .reply = feed_reply,
    .reply_name = "Feed",
    .refusals = {CODE_unknown_reference, CODE_missing_field, CODE_too_large},
    .prepare = prepare_create,
};

/* Administrators see to all feeds, a firm's managers to their firm's, others to their own. */
static void bind_whose(struct call *call)
{
    const unsigned managers = 1U << CAT_ADMIN | 1U << CAT_FIRM_MANAGER;
    call_bind(call, pg_uuid(call->person->roles & managers ? UUID_NIL : call->person->id));
}

static bool prepare_list(struct call *call)
{
    call_bind_page(call);
    bind_whose(call);
    return true;
}

const struct action action_feed_list = {
    .id = "listFeeds",
    .tag = "feeds",
    .summary = "Feeds, oldest first: one's own, and for managers and administrators others'.",
    .flags = ACTION_LIST,
    .query = page_only,
    .query_size = sizeof(struct page_query),
    .stmt = &q_feed_list,
    .reply = feed_reply,
    .reply_name = "Feed",
    .prepare = prepare_list,
};

static bool prepare_revoke(struct call *call)
{
    bind_whose(call);
    call_bind(call, pg_instant(call->now_us));
    return call_bind_path_id(call);
}

const struct action action_feed_revoke = {
    .id = "revokeFeed",
    .tag = "feeds",
    .summary = "Revoke a feed, now and for ever.",
    .flags = ACTION_OUTCOME,
    .stmt = &q_feed_revoke,
    .reply = feed_reply,
    .reply_name = "Feed",
    .prepare = prepare_revoke,
};

/* ---------------------------------------------------------------- reading */

/* The statement's columns; not JSON, so that nothing of this is in the OpenAPI document. */
static const struct reply_field event_columns[] = {
    {"name", RT_TEXT, false, NULL},
    {"zone", RT_TEXT, false, NULL},
    {"uid", RT_TEXT, true, NULL},
    {"version", RT_INT, true, NULL},
    {"changed_at", RT_INSTANT, true, NULL},
    {"start", RT_INSTANT, true, NULL},
    {"end", RT_INSTANT, true, NULL},
    {"status", RT_TEXT, true, NULL},
    {"summary", RT_TEXT, true, NULL},
    {"description", RT_TEXT, true, NULL},
    {"location", RT_TEXT, true, NULL},
    {"category", RT_TEXT, true, NULL},
    REPLY_END,
};
enum {
    NAME,
    ZONE,
    UID,
    VERSION,
    CHANGED_AT,
    START,
    END,
    STATUS,
    SUMMARY,
    DESCRIPTION,
    LOCATION,
    CATEGORY
};

static bool prepare_read(struct call *call)
{
    struct str secret = call->param[0];
    if (secret.len <= FEED_SUFFIX.len || secret.len > SECRET_TOKEN_MAX + FEED_SUFFIX.len)
        return call_refuse(call, CODE_not_found, "");
    secret.len -= FEED_SUFFIX.len;
    if (!str_eq((struct str){secret.ptr + secret.len, FEED_SUFFIX.len}, FEED_SUFFIX))
        return call_refuse(call, CODE_not_found, "");
    uint8_t *hash = arena_alloc(call->arena, SECRET_HASH_LEN);
    secret_hash(secret, hash);
    call_bind(call, pg_bytes(hash, SECRET_HASH_LEN));
    call_bind(call, pg_instant(call->now_us));
    call_bind(call, pg_int(EVENTS_MAX));
    return true;
}

static enum ical_status status_of(struct str name)
{
    return str_eq(name, STR("confirmed"))   ? ICAL_CONFIRMED
           : str_eq(name, STR("cancelled")) ? ICAL_CANCELLED
                                            : ICAL_TENTATIVE;
}

static struct ical_event event_of(const struct pg_rows *rows, int row)
{
    return (struct ical_event){
        .uid = pg_get_text(rows, row, UID),
        .sequence = pg_get_int(rows, row, VERSION) - 1,
        .stamp_us = pg_get_instant(rows, row, CHANGED_AT),
        .from_us = pg_get_instant(rows, row, START),
        .to_us = pg_get_instant(rows, row, END),
        .status = status_of(pg_get_text(rows, row, STATUS)),
        .summary = pg_get_text(rows, row, SUMMARY),
        .description = pg_get_text(rows, row, DESCRIPTION),
        .location = pg_get_text(rows, row, LOCATION),
        .category = pg_get_text(rows, row, CATEGORY),
    };
}

/* The zone is described from the first event's year on. */
static void render_feed(const struct call *call, const struct pg_rows *rows, struct buf *out)
{
    struct str zone = pg_get_text(rows, 0, ZONE);
    bool is_empty = pg_is_null(rows, 0, UID);
    const struct ical_feed_config config = {
        .name = pg_get_text(rows, 0, NAME),
        .zone = arena_strndup(call->arena, zone.ptr, zone.len),
        .since_us = is_empty ? call->now_us - PAST_MAX_US : pg_get_instant(rows, 0, START),
        .refresh_s = REFRESH_S,
    };
    struct ical_feed *feed = ical_feed_begin(&config, out);
    for (int row = 0; !is_empty && row < pg_row_count(rows); row++) {
        struct ical_event event = event_of(rows, row);
        ical_feed_add(feed, &event);
    }
    ical_feed_end(feed);
}

const struct action action_feed_read = {
    .id = "readFeed",
    .tag = "feeds",
    .summary = "A feed as an iCalendar file: `{secret}.ics`, from 90 days ago to 400 days ahead.",
    .flags = ACTION_SECRET,
    .stmt = &q_feed_read,
    .reply = event_columns,
    .prepare = prepare_read,
    .content_type = CALENDAR_TYPE,
    .render = render_feed,
};
