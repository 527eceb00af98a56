#include "clock.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "base/instant.h"

/* Set clocks end here: the last instant that the rest of the code can write (year 2199). */
#define SHOWN_MAX_US (INT64_C(7258118400) * US_PER_S - 1)

static atomic_bool is_set;

static struct {
    pthread_mutex_t lock;
    bool was_set; /* the monotonic clock is ours from the first setting on */
    struct clock_setting setting;
    int64_t mono_offset_us; /* monotonic = shown + offset */
    int64_t mono_last_us;
} state = {.lock = PTHREAD_MUTEX_INITIALIZER};

static int64_t system_us(clockid_t id)
{
    struct timespec ts;

    clock_gettime(id, &ts);
    return ts.tv_sec * US_PER_S + ts.tv_nsec / 1000;
}

__extension__ typedef __int128 wide; /* no rate and no distance overflows it */

/* What a setting shows at `real_us`. */
static int64_t shown_at(const struct clock_setting *setting, int64_t real_us)
{
    wide shown = ((wide)real_us - setting->real_us) * setting->rate + setting->shown_us;

    if (shown < 0)
        return 0;
    return shown > SHOWN_MAX_US ? SHOWN_MAX_US : (int64_t)shown;
}

static int64_t shown_now(void)
{
    int64_t real_us = system_us(CLOCK_REALTIME);

    return atomic_load(&is_set) ? shown_at(&state.setting, real_us) : real_us;
}

/* Never less than what was given out before: the system's wall clock may be stepped. */
static int64_t mono_locked(int64_t shown_us)
{
    int64_t mono_us = state.was_set ? shown_us + state.mono_offset_us : system_us(CLOCK_MONOTONIC);

    if (mono_us > state.mono_last_us)
        state.mono_last_us = mono_us;
    return state.mono_last_us;
}

int64_t clock_now_us(void)
{
    int64_t now_us;

    if (!atomic_load(&is_set))
        return system_us(CLOCK_REALTIME);
    pthread_mutex_lock(&state.lock);
    now_us = shown_now();
    pthread_mutex_unlock(&state.lock);
    return now_us;
}

int64_t clock_mono_us(void)
{
    int64_t mono_us;

    pthread_mutex_lock(&state.lock);
    mono_us = mono_locked(shown_now());
    pthread_mutex_unlock(&state.lock);
    return mono_us;
}

/* Swaps the wall clock under a monotonic one that goes on: a jump ahead is time that passed, a jump
 * back is none. */
static void change(const struct clock_setting *setting)
{
    pthread_mutex_lock(&state.lock);
    int64_t before_us = shown_now();
    int64_t mono_us = mono_locked(before_us);

    if (setting)
        state.setting = *setting;
    atomic_store(&is_set, setting != NULL);
    int64_t after_us = shown_now();

    if (setting && after_us > before_us)
        mono_us += after_us - before_us;
    state.was_set = true;
    state.mono_offset_us = mono_us - after_us;
    pthread_mutex_unlock(&state.lock);
}

void clock_set(const struct clock_setting *setting)
{
    change(setting);
}

void clock_unset(void)
{
    change(NULL);
}

int64_t clock_system_us(void)
{
    return system_us(CLOCK_REALTIME);
}

int64_t clock_system_mono_us(void)
{
    return system_us(CLOCK_MONOTONIC);
}
