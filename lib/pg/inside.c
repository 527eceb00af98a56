#include "pg/inside.h"

#include <time.h>

int64_t mono_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t mono_after(int64_t wait_us)
{
    int64_t now = mono_us();
    if (wait_us <= 0)
        return now;
    return wait_us > INT64_MAX - now ? INT64_MAX : now + wait_us;
}
