#pragma once
/* Writes that carry an Idempotency-Key: sent again with the same key and body, the server does them
 * once. */

#include "call.h"

/* First member of such a command's options, and its row. */
struct keyed_options {
    const char *key;
};

/* clang-format off */
#define KEYED_OPTIONS(st) \
    OPTION_TEXT(st, keyed.key, "key", OPTION_HERE, NULL, OPTION_FREE, \
                "Idempotency-Key, to repeat a write whose end is not known; otherwise a random one.")
#define VERSION_OPTION(st, member) \
    OPTION_INT(st, member, "version", OPTION_HERE, NULL, 1, INT32_MAX, NULL, NULL, \
               "Only if the object still has this version; otherwise the present one is fetched.")
/* clang-format on */

/* For command->check. */
void keyed_check(const struct cli *cli, struct buf *faults);

/* POST with the given or a random key, and the command's query options. When the end is not known
 * the key is printed on standard error. An exit code. */
must_check int keyed_send(struct cli *cli, const char *path, struct str body, const char *if_match,
                          struct remote_reply *ret);

/* The entity tag for If-Match: of `version`, or of the object at `path` when that is
 * OPTION_NO_INT. An exit code. */
must_check int keyed_tag(struct cli *cli, const char *path, int64_t version, const char **ret);

/* The whole of a command that changes the object named by the first argument, as `version` (or as
 * it is): POST of the body options to `collection`/ID/`action` ("/v1/bookings/", "/cancel"), or
 * PATCH of `collection`/ID, then the reply by `columns`. An exit code. */
must_check int keyed_act(struct cli *cli, const char *collection, const char *action,
                         int64_t version, const struct column *columns);
must_check int keyed_change(struct cli *cli, const char *collection, int64_t version,
                            const struct column *columns);
