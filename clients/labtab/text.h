#pragma once
/* Text for a terminal: how wide it is, and what must not get there. Both take valid UTF-8. */

#include "base/str.h"

/* Columns that `text` takes: East Asian wide characters 2, combining and invisible ones 0. */
size_t text_width(struct str text);

/* Appends `text` with each control character (C0, DEL, C1, and those that turn the direction of
 * writing) replaced by a space: a reply cannot steer the terminal or fake a line. */
void text_put(struct buf *out, struct str text);
