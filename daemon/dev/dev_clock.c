#include "dev/dev_clock.h"

struct clock_setting dev_clock_read(struct pg_row row)
{
    return (struct clock_setting){
        .real_us = pg_row_int(row, "real_us"),
        .shown_us = pg_row_instant(row, "now"),
        .rate = (int32_t)pg_row_int(row, "rate"),
    };
}

void dev_clock_follow(const struct pg_rows *rows)
{
    if (pg_row_count(rows) == 0)
        return;
    struct clock_setting setting = dev_clock_read((struct pg_row){rows, 0});
    clock_set(&setting);
}
