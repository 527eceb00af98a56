#pragma once
/* Compiler attributes that every header of Labtab may use.
 *
 * The error rule of the whole code base: an `int` result is
 *   negative  -errno, an unexpected failure: pass it on;
 *   0         done;
 *   positive  a documented outcome of this very function, to be handled by its caller. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define must_check        __attribute__((warn_unused_result))
#define printf_like(f, a) __attribute__((format(printf, f, a)))
#define noreturn_fn       __attribute__((noreturn))
#define unused_arg        __attribute__((unused))
#define cleanup_with(fn)  __attribute__((cleanup(fn)))
#define LEN(array)        (sizeof(array) / sizeof(*(array)))
