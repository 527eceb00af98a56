#include "call.h"
#include "columns.h"
#include "commands.h"

static int run(struct cli *cli)
{
    return call_get_show(cli, call_path(cli, "/v1/bookings/", ""), booking_columns);
}

const struct command command_booking = {
    .name = "booking",
    .arguments = "ID",
    .least = 1,
    .most = 1,
    .summary = "One booking.",
    .run = run,
};
