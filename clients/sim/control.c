#include "control.h"

#define WORDS_MAX 4

struct words {
    size_t count;
    struct str word[WORDS_MAX + 1]; /* one more, to see that there are too many */
};

struct command {
    const char *name;
    size_t least; /* words, the name included */
    size_t most;
    /* NULL, or what is wrong. */
    const char *(*run)(struct instrument *instrument, const struct words *words);
};

static const char *do_run(struct instrument *instrument, const struct words *words)
{
    int64_t seconds, watts;
    if (str_to_int(words->word[2], 1, SIM_TIME_MAX_S, &seconds))
        return "seconds are not a number in range";
    if (str_to_int(words->word[3], 0, SIM_POWER_MAX_W, &watts))
        return "watts are not a number in range";
    instrument_run(instrument, seconds, watts);
    return NULL;
}

static const char *do_idle(struct instrument *instrument, const struct words *words unused_arg)
{
    instrument_idle(instrument);
    return NULL;
}

static const char *do_off(struct instrument *instrument, const struct words *words unused_arg)
{
    instrument_off(instrument);
    return NULL;
}

static const char *do_script(struct instrument *instrument, const struct words *words unused_arg)
{
    instrument_script(instrument);
    return NULL;
}

static const char *do_fault(struct instrument *instrument, const struct words *words)
{
    int64_t value = 0;
    int kind = 0;
    while (sim_fault_names[kind] && !str_eq_c(words->word[2], sim_fault_names[kind]))
        kind++;
    if (!sim_fault_names[kind])
        return "no such fault";
    if (words->count > 3 && str_to_int(words->word[3], 0, 60000, &value))
        return "the value is not a number in range";
    if (kind == FAULT_EXCEPTION && !sim_exception_is_valid(value))
        return "exception codes are 1 to 11";
    instrument->fault = (enum sim_fault)kind;
    instrument->fault_value = value;
    return NULL;
}

static const struct command commands[] = {
    {"run", 4, 4, do_run},       {"idle", 2, 2, do_idle},   {"off", 2, 2, do_off},
    {"script", 2, 2, do_script}, {"fault", 3, 4, do_fault},
};

static struct instrument *find_instrument(const struct sim *sim, struct str code)
{
    for (size_t i = 0; i < sim->count; i++) {
        if (str_eq(sim->instruments[i].spec->code, code))
            return &sim->instruments[i];
    }
    return NULL;
}

static const char *do_line(struct sim *sim, const struct words *words)
{
    for (size_t i = 0; i < LEN(commands); i++) {
        const struct command *command = &commands[i];
        if (!str_eq_c(words->word[0], command->name))
            continue;
        if (words->count < command->least || words->count > command->most)
            return "wrong number of words";
        struct instrument *instrument = find_instrument(sim, words->word[1]);
        return instrument ? command->run(instrument, words) : "no such instrument";
    }
    return "no such command";
}

static struct words split(struct str line)
{
    struct words words = {0};
    struct str part;
    while (words.count <= WORDS_MAX && str_cut(&line, ' ', &part)) {
        if (part.len > 0)
            words.word[words.count++] = part;
    }
    return words;
}

void control_line(struct sim *sim, struct str line, struct buf *out)
{
    struct words words = split(line);
    if (words.count == 0)
        return;
    if (words.count == 1 && str_eq_c(words.word[0], "truth")) {
        control_truth(sim, out);
        return;
    }
    const char *fault = do_line(sim, &words);
    if (fault)
        buf_printf(out, "error: %s\n", fault);
    else
        buf_puts(out, "ok\n");
}

static void write_run(const struct sim *sim, const struct instrument *instrument, size_t index,
                      struct jsonw *w)
{
    const struct sim_run *run = &instrument->runs[index];
    bool is_over = run->to_us >= 0;
    jw_object(w, NULL);
    jw_int(w, "from_us", run->from_us);
    if (is_over)
        jw_int(w, "to_us", run->to_us);
    else
        jw_null(w, "to_us");
    jw_instant(w, "from", sim->start_us + run->from_us / sim->rate);
    jw_instant(w, "to", is_over ? sim->start_us + run->to_us / sim->rate : INSTANT_NONE);
    jw_int(w, "energy_mwh", instrument_run_mwh(instrument, index));
    jw_end_object(w);
}

static void write_instrument(const struct sim *sim, const struct instrument *instrument,
                             struct jsonw *w)
{
    jw_object(w, NULL);
    jw_text(w, "code", instrument->spec->code);
    jw_int(w, "energy_mwh", instrument->total.mwh);
    jw_int(w, "counter_mwh", instrument_counter_mwh(instrument));
    jw_int(w, "power_mw", instrument_power_mw(instrument));
    jw_bool(w, "contact", instrument->contact);
    jw_int(w, "runs_dropped", (int64_t)instrument->runs_dropped);
    jw_array(w, "runs");
    for (size_t i = 0; i < instrument->run_count; i++)
        write_run(sim, instrument, i, w);
    jw_end_array(w);
    jw_end_object(w);
}

void control_truth(const struct sim *sim, struct buf *out)
{
    struct jsonw w = jsonw(out);
    jw_object(&w, NULL);
    jw_int(&w, "now_us", sim->now_us);
    jw_int(&w, "rate", sim->rate);
    jw_array(&w, "instruments");
    for (size_t i = 0; i < sim->count; i++)
        write_instrument(sim, &sim->instruments[i], &w);
    jw_end_array(&w);
    jw_end_object(&w);
    buf_putc(out, '\n');
}
