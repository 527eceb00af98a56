#pragma once
/* When could it be had? The search for slots over what the catalogue knows and what the statement
 * availability_taken says. It reads in windows that grow: a lab with time to spare is answered from
 * its next days, however far the search may go. The api and the jobs search alike:
 *
 *   struct slots *slots = slots_new(arena, &range);
 *   outcome = slots_add(slots, &ask, problem);            // once a bundle
 *   do
 *       slots_params(slots, params), run the statement;
 *   while (!slots_take(slots, rows));
 *   found = slots_found(slots, 0);
 */

#include "booking/wish.h"

#define SLOTS_BUNDLES_MAX 20
#define SLOTS_PARAMS      5

struct slots;

struct slots_range {
    int64_t now_us;
    int64_t from_us;     /* the first start of interest; the past is not */
    int64_t until_us;    /* slots end by then */
    int64_t duration_s;  /* wished, as cal_slots() has it; 0: whole free spans, without the rules */
    size_t most;         /* of each bundle */
    struct uuid booking; /* its claims don't count: it is to be moved; nil: none */
};

/* A search in the arena, without bundles. */
struct slots *slots_new(struct arena *arena, const struct slots_range *range);

/* One more bundle, that of `ask` (its start and end are not read), at most SLOTS_BUNDLES_MAX. Slots
 * are within hours and have a price; with a firm and a person each is one that they can book, as
 * far as the catalogue knows: wish_check() has nothing against it. 0 or WISH_E_HOPELESS, as
 * wish_bundle() says. */
must_check int slots_add(struct slots *slots, const struct wish_ask *ask, struct problem *problem);

/* Parameters of availability_taken for the next window. */
void slots_params(struct slots *slots, struct pg_param ret[SLOTS_PARAMS]);

/* Takes the window's rows and searches. True: done; false: the next window is wanted. */
must_check bool slots_take(struct slots *slots, const struct pg_rows *rows);

/* What was found, by number of the bundle as they were added: what was asked, and the slots in
 * order. In the arena. */
size_t slots_count(const struct slots *slots);
const struct wish_ask *slots_ask(const struct slots *slots, size_t index);
struct cal_spans slots_found(const struct slots *slots, size_t index);
