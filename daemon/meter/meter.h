#pragma once
/* The `meter` role: polls Modbus, keeps samples, follows run states. One active process per site.
 */

struct role_context;

/* Runs until told to stop; the process's exit code. */
int role_meter_run(struct role_context *role);
