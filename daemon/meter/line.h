#pragma once
/* Connections to meters and gateways: one for each address and port, shared by all meters behind
 * it. */

#include "modbus/bus.h"

struct event_base;
struct lines;
struct line;

#define LINE_HOST_MAX 64

struct lines *lines_new(struct event_base *base);
/* Closes all connections; what they were asked is forgotten without a callback. NULL is accepted.
 */
void lines_free(struct lines *lines);

/* The connection to `host`, an address literal, on which one reply may take `reply_us`; made when
 * there is none, and given back with lines_put() once for each call. 0, or an outcome of
 * mbtcp_new(). */
must_check int lines_get(struct lines *lines, const char *host, uint16_t port, int64_t reply_us,
                         struct line **ret);
void lines_put(struct lines *lines, struct line *line);

/* A request that was made and has not come back. */
struct line_ask;

/* mb_bus_submit() on this line, with a handle for line_forget(); it is good until `done` is called.
 */
must_check int line_ask(struct line *line, const struct mb_request *request, int64_t deadline_us,
                        mb_done_fn *done, void *ctx, struct line_ask **ret);

/* `done` will not be called any more. */
void line_forget(struct line_ask *ask);

/* A gateway at fault (exception 0A) rests as a whole: 1, 2, 4, 8 s from `now_us` on. An answer of
 * any of its meters ends that. */
void line_fault(struct line *line, int64_t now_us);
void line_fine(struct line *line);
bool line_rests(const struct line *line, int64_t now_us);
