#pragma once
/* What labtabd does once and then ends: --migrate and --admin-token. */

struct options;

/* The process's exit code. */
int task_run(const struct options *options);
