/* Feeds bytes to the reader of recurrence rules. Whatever it is: an answer soon; either violations,
 * or starts in order, from the first day on to the horizon, no more than were asked for. */

#include <stdlib.h>

#include "ical/expand.h"

#define START_DAY   20781 /* 2026-11-24 */
#define HORIZON_DAY (START_DAY + 400)
#define MOST        365

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool is_true)
{
    if (!is_true)
        abort();
}

/* Nine hours ahead of UTC all year. */
static struct ical_local local_of(const void *zone, int64_t at_us)
{
    (void)zone;
    int64_t at_s = at_us / 1000000 + 9 * 3600;
    return (struct ical_local){(int32_t)(at_s / 86400), (int32_t)(at_s % 86400)};
}

static void check_starts(const struct ical_series *series, const struct ical_starts *starts)
{
    require(starts->count > 0 && starts->count <= MOST);
    require(ical_local_compare(starts->item[0], series->start) >= 0);
    for (size_t i = 0; i < starts->count; i++) {
        require(starts->item[i].second >= 0 && starts->item[i].second < 86400);
        require(i == 0 || ical_local_compare(starts->item[i - 1], starts->item[i]) < 0);
    }
    require(starts->item[starts->count - 1].day <= HORIZON_DAY);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    struct problem problem;
    struct ical_starts starts = {NULL, 0, false};
    const struct ical_series series = {
        .rule = {(const char *)data, size},
        .start = {START_DAY, 9 * 3600},
        .horizon_day = HORIZON_DAY,
        .most = MOST,
        .local_of = size % 2 ? local_of : NULL,
    };
    problem_init(&problem, arena);
    int r = ical_expand(&series, arena, "/rrule", &problem, &starts);
    require((r == 0) == (problem.count == 0));
    if (r == 0)
        check_starts(&series, &starts);
    else
        require(starts.count == 0);
    arena_free(arena);
    return 0;
}
