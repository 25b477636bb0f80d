/* SPDX-License-Identifier: Apache-2.0 */
/* make_db.c - run by the build: compiles literals into a database and writes it as a C array.
 *    make_db LITERALS.txt OUT.c NAME     LITERALS.txt: id, 1 if caseless, the text in hexadecimal;
 * tabs The database asks for nothing that an x86-64 of 2009 does not have; the library picks the
 * code for the processor that it runs on. */
#include <hs/hs.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST 4096

struct literals {
    char *text[MOST];
    size_t size[MOST];
    unsigned flags[MOST], id[MOST], count;
};

static int digit(int c)
{
    return c <= '9' ? c - '0' : c - 'a' + 10;
}

static bool add(struct literals *l, char *line)
{
    char *end;
    unsigned long id = strtoul(line, &end, 10);
    if (*end != '\t' || l->count == MOST) return false;
    bool nocase = end[1] == '1';
    char *hex = end + 3, *text = malloc(strlen(hex) / 2 + 1);
    if (!text) return false;
    size_t n = 0;
    for (; hex[2 * n] > ' '; n++) text[n] = (char)(digit(hex[2 * n]) << 4 | digit(hex[2 * n + 1]));
    l->text[l->count] = text;
    l->size[l->count] = n;
    l->flags[l->count] = nocase ? HS_FLAG_CASELESS : 0;
    l->id[l->count++] = (unsigned)id;
    return true;
}

static bool read_all(const char *path, struct literals *l)
{
    char line[1024];
    FILE *f = fopen(path, "r");
    if (!f) return false;
    bool ok = true;
    while (ok && fgets(line, sizeof line, f)) ok = add(l, line);
    fclose(f);
    return ok && l->count;
}

static bool write_c(const char *path, const char *name, const char *bytes, size_t n)
{
    FILE *f = fopen(path, "w");
    if (!f) return false;
    fprintf(f,
            "/* Made by make_db from the detectors' literals: do not edit. */\n"
            "#include <stddef.h>\n#include <stdint.h>\n"
            "extern const uint8_t %s_bytes[];\nextern const size_t %s_size;\n"
            "const uint8_t %s_bytes[] __attribute__((aligned(64))) = {",
            name, name, name);
    for (size_t i = 0; i < n; i++)
        fprintf(f, "%s%u,", i % 24 ? "" : "\n", (unsigned)(uint8_t)bytes[i]);
    fprintf(f, "\n};\nconst size_t %s_size = %zu;\n", name, n);
    return fclose(f) == 0;
}

int main(int argc, char **argv)
{
    static struct literals l;
    hs_platform_info_t platform = {.tune = HS_TUNE_FAMILY_GENERIC};
    hs_database_t *db = NULL;
    hs_compile_error_t *error = NULL;
    char *bytes = NULL;
    size_t n = 0;
    if (argc != 4 || !read_all(argv[1], &l)) {
        fprintf(stderr, "make_db: cannot read the literals\n");
        return 1;
    }
    if (hs_compile_lit_multi((const char *const *)l.text, l.flags, l.id, l.size, l.count,
                             HS_MODE_BLOCK, &platform, &db, &error) != HS_SUCCESS) {
        fprintf(stderr, "make_db: %s\n", error ? error->message : "cannot compile");
        return 1;
    }
    if (hs_serialize_database(db, &bytes, &n) != HS_SUCCESS ||
        !write_c(argv[2], argv[3], bytes, n)) {
        fprintf(stderr, "make_db: cannot write %s\n", argv[2]);
        return 1;
    }
    free(bytes); /* a build with sanitizers stops at what is left */
    hs_free_database(db);
    for (unsigned i = 0; i < l.count; i++) free(l.text[i]);
    return 0;
}
