#include "base/conf.h"

#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/conf_value.h"
#include "base/mem.h"
#include "base/utf8.h"

#define FILE_LEN_MAX (1024 * 1024)

/* inih cuts long lines and joins indented ones without a word, so every line passes through here.
 */
struct reading {
    const struct conf_option *rows;
    const char *path;
    void *ret;
    struct buf *faults;
    FILE *file;
    int line;       /* the one that inih has got last, from 1 */
    int len_left;   /* bytes that may still be read */
    bool *is_given; /* by row */
};

static void end_fault(struct reading *reading)
{
    buf_printf(reading->faults, " (%s:%d)\n", reading->path, reading->line);
}

static void add_fault(struct reading *reading, const char *fault)
{
    buf_puts(reading->faults, fault);
    end_fault(reading);
}

/* Reads one line with its newline into `text` of `size` bytes. False at the end of the file.
 * `ret_fault` is set when the line did not fit; the rest of it is skipped. */
static bool read_line(struct reading *reading, char *text, int size, const char **ret_fault)
{
    size_t len = 0;
    int c = 0;
    while (c != '\n' && (c = getc(reading->file)) != EOF) {
        if (reading->len_left-- == 0) {
            add_fault(reading, "the file is larger than 1 MiB");
            return false;
        }
        if (c == '\0')
            *ret_fault = "the line has a NUL byte";
        else if (len < (size_t)size - 2 || (c == '\n' && len < (size_t)size - 1))
            text[len++] = (char)c;
        else
            *ret_fault = "the line is longer than 198 bytes";
    }
    text[len] = '\0';
    return c != EOF || len > 0;
}

/* What is wrong with a line before its meaning is looked at, or NULL. */
static const char *line_fault(const char *text)
{
    size_t blanks = strspn(text, " \t\r\n");
    if (text[blanks] == '\0')
        return NULL;
    if (!utf8_is_valid(str_of(text)))
        return "the line is not UTF-8";
    if (blanks > 0)
        return "the line must not be indented";
    if (text[0] == '[')
        return strchr(text, ']') == NULL ? "the section's name needs a ]" : NULL;
    return strpbrk(text, "=:") == NULL ? "the line is neither [section] nor name = value" : NULL;
}

static bool is_comment(const char *text)
{
    char first = text[strspn(text, " \t")];
    return first == '#' || first == ';';
}

/* An ini_reader: gives inih good lines, and empty ones in place of faulty ones and comments. */
static char *next_line(char *text, int size, void *stream)
{
    static const char byte_order_mark[] = "\xef\xbb\xbf";
    struct reading *reading = stream;
    const char *fault = NULL;
    reading->line++;
    if (!read_line(reading, text, size, &fault))
        return NULL;
    /* inih skips a byte order mark by itself. */
    bool has_mark = reading->line == 1 && strncmp(text, byte_order_mark, 3) == 0;
    const char *body = has_mark ? text + 3 : text;
    if (is_comment(body)) {
        text[0] = '\0';
        return text;
    }
    if (fault == NULL)
        fault = line_fault(body);
    if (fault != NULL) {
        add_fault(reading, fault);
        text[0] = '\0';
    }
    return text;
}

static const struct conf_option *find_row(const struct conf_option *rows, const char *section,
                                          const char *name)
{
    for (const struct conf_option *row = rows; row->type != CT_END; row++) {
        if (row->section != NULL && strcmp(row->section, section) == 0 &&
            strcmp(row->name, name) == 0)
            return row;
    }
    return NULL;
}

/* An ini_handler. */
static int take_option(void *user, const char *section, const char *name, const char *value)
{
    struct reading *reading = user;
    const struct conf_option *row = find_row(reading->rows, section, name);
    if (row == NULL) {
        buf_printf(reading->faults, "%s: there is no such option in [%s]", name, section);
        end_fault(reading);
        return 1;
    }
    bool *is_given = &reading->is_given[row - reading->rows];
    if (*is_given) {
        buf_printf(reading->faults, "%s: given twice", name);
        end_fault(reading);
    } else if (!conf_value_store(row, value, reading->ret, reading->faults)) {
        end_fault(reading);
    }
    *is_given = true;
    return 1;
}

static size_t count_rows(const struct conf_option *rows)
{
    size_t count = 0;
    while (rows[count].type != CT_END)
        count++;
    return count;
}

static void add_file_fault(struct buf *faults, const char *path, int error)
{
    buf_printf(faults, "%s: cannot be read: %s\n", path, strerror(error));
}

int conf_file(const struct conf_option *rows, const char *path, void *ret, struct buf *faults)
{
    size_t before = faults->len;
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        add_file_fault(faults, path, errno);
        return 1;
    }
    struct reading reading = {.rows = rows,
                              .path = path,
                              .ret = ret,
                              .faults = faults,
                              .file = file,
                              .len_left = FILE_LEN_MAX,
                              .is_given = mem_zalloc(count_rows(rows), sizeof(bool))};
    errno = 0;
    int bad_line = ini_parse_stream(next_line, &reading, take_option, &reading);
    if (ferror(file))
        add_file_fault(faults, path, errno);
    else if (bad_line != 0)
        buf_printf(faults, "the line cannot be understood (%s:%d)\n", path, bad_line);
    free(reading.is_given);
    fclose(file);
    return faults->len > before ? 1 : 0;
}
