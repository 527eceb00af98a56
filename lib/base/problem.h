#pragma once
/* What people are told when something is refused: RFC 9457 problem details with all violations at
 * once. Pure code fills a `struct problem` where the fact is known; lib/http and the clients print
 * it. */

#include "base/arena.h"
#include "base/code.h"
#include "base/json.h"
#include "base/str.h"

/* A limit or an actual value as it is shown: nothing, integer, instant or text. */
struct fact {
    enum { FACT_NONE, FACT_INT, FACT_INSTANT, FACT_TEXT } kind;
    int64_t number; /* FACT_INT, FACT_INSTANT (us) */
    struct str text;
};

#define NO_FACT ((struct fact){FACT_NONE, 0, {NULL, 0}})
struct fact fact_int(int64_t value);
struct fact fact_instant(int64_t at_us);
struct fact fact_text(struct str text); /* the text is not copied */

struct violation {
    enum code code;
    struct str pointer; /* JSON pointer into the request ("/start"), or empty */
    struct fact limit;
    struct fact actual;
};

#define PROBLEM_VIOLATIONS_MAX 64 /* further ones are counted, not kept */

/* A time that would do instead. */
struct problem_slot {
    int64_t start_us, end_us;
};

#define PROBLEM_NEXT_MAX 5

struct problem {
    struct arena *arena; /* copies of pointers and texts live here */
    size_t count;
    size_t dropped;
    struct violation violation[PROBLEM_VIOLATIONS_MAX];
    size_t next_count; /* 0: nothing is suggested */
    struct problem_slot next[PROBLEM_NEXT_MAX];
};

void problem_init(struct problem *problem, struct arena *arena);

/* Adds one violation; `pointer` and texts are copied into the arena. */
void problem_add(struct problem *problem, enum code code, const char *pointer, struct fact limit,
                 struct fact actual);

/* The gravest code decides the status: the lowest class wins, 4xx codes in the order 401, 403, 404,
 * others as first added; CODE_NONE when empty. */
enum code problem_code(const struct problem *problem);

/* Writes the application/problem+json object: type ("urn:labtab:problem:taken"), title, status,
 * detail, instance, violations, and `next` when there is some. */
void problem_encode(const struct problem *problem, enum language language, struct str instance,
                    struct buf *out);
