/* Firms, and the tokens by which people act. */

#include "api/actions.h"
#include "api/call.h"
#include "base/secret.h"
#include "schema/queries.h"

static const struct reply_field firm_reply[] = {
    {"id", RT_UUID, false, "The firm."},
    {"code", RT_TEXT, false, "Readable code, may stand for the id."},
    {"name", RT_TEXT, false, "Name."},
    {"registration_number", RT_TEXT, true, "Business registration number."},
    {"is_blocked", RT_BOOL, false, "May not book at present."},
    REPLY_END,
};

const struct action action_firm_list = {
    .id = "listFirms",
    .tag = "people",
    .summary = "Firms; the firm's own people see their own.",
    .flags = ACTION_LIST,
    .query = page_only,
    .query_size = sizeof(struct page_query),
    .stmt = &q_firm_list,
    .reply = firm_reply,
    .reply_name = "Firm",
    .prepare = call_bind_page,
};

struct token_in {
    struct str person;
    struct str label;
    int64_t expires_us;
};

static const struct field token_in[] = {
    FIELD_TEXT(struct token_in, person, FIELD_NEEDED, 1, 64,
               "Code or id of the person who will act with it."),
    FIELD_TEXT(struct token_in, label, FIELD_NEEDED, 1, 100, "What it is for."),
    FIELD_INSTANT(struct token_in, expires_us, "expires_at", 0, "When it ends by itself."),
    FIELD_END,
};

/* The token itself never reaches the database: it goes from here into the one reply that shows it.
 */
static const struct reply_field token_reply[] = {
    {"id", RT_UUID, false, "Names the token, to revoke it."},
    {"person", RT_TEXT, false, "Code of the person."},
    {"label", RT_TEXT, false, "What it is for."},
    {"created_at", RT_INSTANT, false, "When it was made."},
    {"expires_at", RT_INSTANT, true, "When it ends by itself."},
    {"revoked_at", RT_INSTANT, true, "When it was revoked."},
    {"token", RT_EXTRA, true, "The token: shown this once, stored only as a hash."},
    REPLY_END,
};

static bool prepare_token(struct call *call)
{
    const struct token_in *in = call->body;
    const struct cat_person *person = catalogue_person(call->catalogue, in->person);
    if (!person) {
        problem_add(&call->problem, CODE_unknown_reference, "/person", NO_FACT,
                    fact_text(in->person));
        return false;
    }
    char *token = arena_alloc(call->arena, SECRET_TOKEN_MAX);
    uint8_t *hash = arena_alloc(call->arena, SECRET_HASH_LEN);
    secret_token(token);
    secret_hash(str_of(token), hash);
    call_bind(call, pg_instant(call->now_us));
    call_bind(call, pg_uuid(uuid_v7(call->now_us)));
    call_bind(call, pg_uuid(person->id));
    call_bind(call, pg_bytes(hash, SECRET_HASH_LEN));
    call_bind(call, pg_text(in->label));
    call_bind(call, pg_instant(in->expires_us));
    call->extra = str_of(token);
    return true;
}

const struct action action_token_create = {
    .id = "createToken",
    .tag = "people",
    .summary = "Make a bearer token for a person.",
    .flags = ACTION_OUTCOME | ACTION_CREATES | ACTION_RENEWS,
    .body = token_in,
    .body_size = sizeof(struct token_in),
    .stmt = &q_token_create,
    .reply = token_reply,
    .reply_name = "Token",
    .refusals = {CODE_unknown_reference},
    .prepare = prepare_token,
};

static bool prepare_revoke(struct call *call)
{
    call_bind(call, pg_instant(call->now_us));
    return call_bind_path_id(call);
}

const struct action action_token_revoke = {
    .id = "revokeToken",
    .tag = "people",
    .summary = "Revoke a token, now and for ever.",
    .flags = ACTION_OUTCOME | ACTION_RENEWS,
    .stmt = &q_token_revoke,
    .reply = token_reply,
    .reply_name = "Token",
    .prepare = prepare_revoke,
};
