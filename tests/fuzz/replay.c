/* main() for a fuzz target without libFuzzer: runs it once on every file of the folders that are
 * named, so that each build keeps what fuzzing found. An empty input comes first. */

#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INPUT_MAX ((size_t)1 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint8_t input[INPUT_MAX];

/* A copy of exactly that size, so that the sanitizers see a read past its end. */
static int run(size_t size)
{
    uint8_t *copy = calloc(size > 0 ? size : 1, 1);

    if (!copy)
        return 1;
    memcpy(copy, input, size);
    (void)LLVMFuzzerTestOneInput(copy, size);
    free(copy);
    return 0;
}

static int run_file(const char *folder, const char *name)
{
    char path[4096];
    FILE *file;
    size_t size;
    int outcome;

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    file = fopen(path, "rb");
    if (!file) {
        perror(path);
        return 1;
    }
    size = fread(input, 1, sizeof(input), file);
    outcome = ferror(file) ? 1 : run(size);
    fclose(file);
    return outcome;
}

/* How many files were run, or -1. */
static int run_folder(const char *folder)
{
    DIR *dir = opendir(folder);
    const struct dirent *entry;
    int count = 0;

    if (!dir) {
        perror(folder);
        return -1;
    }
    while (count >= 0 && (entry = readdir(dir)))
        if (entry->d_name[0] != '.')
            count = run_file(folder, entry->d_name) ? -1 : count + 1;
    closedir(dir);
    return count;
}

int main(int argc, char **argv)
{
    int total = 0;

    if (run(0))
        return EXIT_FAILURE;
    for (int i = 1; i < argc; i++) {
        int count = run_folder(argv[i]);

        if (count < 0)
            return EXIT_FAILURE;
        total += count;
    }
    printf("%d inputs\n", total);
    return total > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
