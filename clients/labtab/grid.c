#include "grid.h"

#include <assert.h>
#include <string.h>

#include "text.h"

#define GAP 2

void grid_init(struct grid *grid, struct arena *arena, size_t columns)
{
    assert(columns <= GRID_COLUMNS_MAX);
    *grid = (struct grid){.arena = arena, .columns = columns};
}

void grid_move(struct grid *grid, struct arena *arena)
{
    grid->arena = arena;
    grid->cells = NULL;
    grid->count = grid->room = 0;
}

static void make_room(struct grid *grid)
{
    if (grid->count < grid->room)
        return;
    size_t room = grid->room > 0 ? grid->room * 2 : 64;
    struct grid_cell *cells = arena_array(grid->arena, room, sizeof(*cells));
    if (grid->count > 0)
        memcpy(cells, grid->cells, grid->count * sizeof(*cells));
    grid->cells = cells;
    grid->room = room;
}

void grid_add(struct grid *grid, struct str text)
{
    struct buf clean = {0};
    size_t column = grid->count % grid->columns;
    make_room(grid);
    text_put(&clean, text);
    struct grid_cell *cell = &grid->cells[grid->count++];
    cell->text.ptr = arena_strndup(grid->arena, clean.data ? clean.data : "", clean.len);
    cell->text.len = clean.len;
    cell->width = text_width(cell->text);
    if (cell->width > grid->width[column])
        grid->width[column] = cell->width;
    buf_fini(&clean);
}

static void put_spaces(struct buf *out, size_t count)
{
    while (count-- > 0)
        buf_putc(out, ' ');
}

static void print_row(const struct grid *grid, const struct grid_cell *cells, struct buf *out)
{
    size_t owed = 0; /* spaces that are written only before more text */
    for (size_t i = 0; i < grid->columns; i++) {
        size_t spaces = grid->width[i] - cells[i].width;
        owed += grid->is_right[i] ? spaces : 0;
        if (cells[i].text.len > 0) {
            put_spaces(out, owed);
            buf_str(out, cells[i].text);
            owed = 0;
        }
        owed += (grid->is_right[i] ? 0 : spaces) + GAP;
    }
    buf_putc(out, '\n');
}

void grid_print(struct grid *grid, size_t indent, struct buf *out)
{
    for (size_t i = 0; i + grid->columns <= grid->count; i += grid->columns) {
        put_spaces(out, indent);
        print_row(grid, grid->cells + i, out);
    }
    grid->count = 0;
}
