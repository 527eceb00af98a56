#pragma once
/* Cells in aligned columns. */

#include "base/arena.h"
#include "base/str.h"

#define GRID_COLUMNS_MAX 24

struct grid_cell {
    struct str text;
    size_t width;
};

struct grid {
    struct arena *arena; /* of the cells */
    size_t columns;
    bool is_right[GRID_COLUMNS_MAX];
    size_t width[GRID_COLUMNS_MAX]; /* the widest cell so far */
    struct grid_cell *cells;
    size_t count, room;
};

/* `columns` is at most GRID_COLUMNS_MAX; all are aligned left until is_right says otherwise. */
void grid_init(struct grid *grid, struct arena *arena, size_t columns);

/* Adds the next cell of the row; `text` is copied, without control characters. */
void grid_add(struct grid *grid, struct str text);

/* Appends all whole rows, each with `indent` spaces before it, and forgets the cells. Widths stay:
 * the next rows are as wide. */
void grid_print(struct grid *grid, size_t indent, struct buf *out);

/* Forgets the cells and uses another arena from now on. */
void grid_move(struct grid *grid, struct arena *arena);
