#pragma once
/* One process of each role, kept alive; in --dev also the private cluster. */

struct options;

/* Runs until told to stop; the process's exit code. `argv` (with the program's name) is what the
 * roles are started with, too. */
int supervisor_run(const struct options *options, int argc, char **argv);
