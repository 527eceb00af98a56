/* Asks lib/calendar/local.h: started by test_zones.py with what PostgreSQL tells of a zone.
 *
 *   local_probe UNTIL_US FROM_US OFFSET_S [FROM_US OFFSET_S]...
 *
 * Each line "local DAY SECOND" of standard input is answered by the instant in us, each line
 * "instant US" by "DAY SECOND"; by "outside" where nothing is known. */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "calendar/local.h"

#define CHANGES_MAX 64

static void answer(struct cal_offsets offsets, const char *line)
{
    int32_t day, second;
    int64_t at_us;
    if (sscanf(line, "local %" SCNd32 " %" SCNd32, &day, &second) == 2 &&
        cal_local_to_instant(offsets, day, second, &at_us) == 0)
        printf("%" PRId64 "\n", at_us);
    else if (sscanf(line, "instant %" SCNd64, &at_us) == 1 &&
             cal_instant_to_local(offsets, at_us, &day, &second) == 0)
        printf("%" PRId32 " %" PRId32 "\n", day, second);
    else
        puts("outside");
}

int main(int argc, char **argv)
{
    struct cal_offset items[CHANGES_MAX];
    struct cal_offsets offsets = {items, 0, argc > 1 ? strtoll(argv[1], NULL, 10) : 0};
    for (int i = 2; i + 1 < argc && offsets.count < CHANGES_MAX; i += 2)
        items[offsets.count++] =
            (struct cal_offset){strtoll(argv[i], NULL, 10), (int32_t)strtol(argv[i + 1], NULL, 10)};
    char line[128];
    while (fgets(line, sizeof(line), stdin))
        answer(offsets, line);
    return 0;
}
