/* What there is: sites and resources, for everybody. */

#include "api/actions.h"
#include "api/call.h"
#include "schema/queries.h"

static const struct reply_field site_reply[] = {
    {"id", RT_UUID, false, "The site."},
    {"code", RT_TEXT, false, "Readable code, may stand for the id."},
    {"name", RT_TEXT, false, "Name of the lab."},
    {"zone", RT_TEXT, false, "IANA time zone of its local rules."},
    {"currency", RT_TEXT, false, "Currency of its amounts."},
    REPLY_END,
};

const struct action action_site_list = {
    .id = "listSites",
    .tag = "resources",
    .summary = "The sites of this installation.",
    .flags = ACTION_LIST,
    .query = page_only,
    .query_size = sizeof(struct page_query),
    .stmt = &q_site_list,
    .reply = site_reply,
    .reply_name = "Site",
    .prepare = call_bind_page,
};

static const struct reply_field resource_reply[] = {
    {"id", RT_UUID, false, "The resource."},
    {"code", RT_TEXT, false, "Readable code, may stand for the id."},
    {"site", RT_TEXT, false, "Code of its site."},
    {"kind", RT_TEXT, false, "`instrument`, `room`, `seat`, `tool` or `operator`."},
    {"name", RT_TEXT, false, "Name in the lab's language."},
    {"name_en", RT_TEXT, true, "Name in English."},
    {"is_active", RT_BOOL, false, "May be booked at all."},
    {"capacity", RT_INT, false, "How many can be booked at the same time."},
    {"charge_basis", RT_TEXT, false, "Which time is billed: reserved, used, overage, ..."},
    REPLY_END,
};

const struct action action_resource_list = {
    .id = "listResources",
    .tag = "resources",
    .summary = "What can be booked.",
    .flags = ACTION_LIST,
    .query = page_only,
    .query_size = sizeof(struct page_query),
    .stmt = &q_resource_list,
    .reply = resource_reply,
    .reply_name = "Resource",
    .prepare = call_bind_page,
};
