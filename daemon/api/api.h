#pragma once
/* The `api` role: HTTP, JSON, event feed. Stateless: everything it holds can be dropped. */

struct role_context;

/* Runs until told to stop; the process's exit code. */
int role_api_run(struct role_context *role);
