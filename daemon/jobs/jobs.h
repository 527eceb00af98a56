#pragma once
/* The `jobs` role: billing runs, no-shows, hold expiry, partitions. Any number of processes. */

struct role_context;

/* Runs until told to stop; the process's exit code. */
int role_jobs_run(struct role_context *role);
