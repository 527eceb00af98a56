#pragma once
/* What commands do with the server. All of these return an exit code (cli.h) and have said on
 * standard error what went wrong when it is not EXIT_DONE. */

#include "cli.h"
#include "remote.h"
#include "view.h"

/* One request; EXIT_DONE when the status is 2xx. Otherwise every violation of the problem document
 * is printed, and with --json the document itself on standard output. */
must_check int call_send(struct cli *cli, struct arena *arena, const struct remote_request *request,
                         struct remote_reply *ret);
must_check int call_get(struct cli *cli, struct arena *arena, const char *path,
                        struct remote_reply *ret);

/* The reply's body as JSON. */
must_check int call_parse(const struct remote_reply *reply, struct arena *arena,
                          const struct json **ret);

/* Writes to standard output. */
must_check int call_print(struct str text);

/* A reply's body as it came, on lines of its own. */
must_check int call_print_raw(const struct remote_reply *reply);

/* A reply's object for people by `columns`, or with --json as it came. */
must_check int call_show(struct cli *cli, const struct remote_reply *reply,
                         const struct column *columns);

/* GET of one object, shown. */
must_check int call_get_show(struct cli *cli, const char *path, const struct column *columns);

/* The path `prefix` + the first argument as one segment + `suffix`, in the run's arena. */
const char *call_path(struct cli *cli, const char *prefix, const char *suffix);

/* The body of a request: an object of the member `name` (NULL: none) and the command's body
 * options. */
struct str call_body(struct cli *cli, const char *name, const char *value);

/* A sentence on standard error, with the program's name before it. */
void call_say(const char *format, ...) printf_like(1, 2);
