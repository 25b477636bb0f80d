/* SPDX-License-Identifier: Apache-2.0 */
/* engine.c - the text engine by itself, for benchmarks and for looking at what it does.
 *
 *    merlon-bench engine FILE...     GB/s of the literals alone and of the engine, best of several
 *    merlon-bench literals FILE      the literal pass once, to be timed as a whole process
 *    merlon-bench hits FILE...       file:line:column, detector, sureness, severity, the text
 */
#include "detect/engine/engine.h"
#include "detect/engine/detector.h"
#include "port/vectorscan/literals.h"
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

extern const uint8_t literal_db_bytes[];
extern const size_t literal_db_size;

static struct slice map_file(const char *path)
{
    struct stat st;
    int fd = open(path, O_RDONLY);
    if (fd < 0 || fstat(fd, &st) || st.st_size == 0) return (struct slice){0};
    void *p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
    close(fd);
    return p == MAP_FAILED ? (struct slice){0} : slice_of(p, (size_t)st.st_size);
}

/* Processor time: others may be at work on the machine. */
static uint64_t now_ns(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void count_literal(void *ctx, unsigned id, size_t end)
{
    (void)id;
    (void)end;
    ++*(size_t *)ctx;
}

static void count_hit(void *ctx, const struct hit *h)
{
    (void)h;
    ++*(size_t *)ctx;
}

static void count_mark(void *ctx, const struct mark *m)
{
    (void)ctx;
    (void)m;
}

static double literals_once(struct literal_db *db, struct slice text, size_t *hits)
{
    uint64_t start = now_ns();
    *hits = 0;
    for (size_t at = 0; at < text.n; at += 1u << 20)
        literal_db_scan(db, slice_sub(text, at, 1u << 20), count_literal, hits);
    return (double)text.n / (double)(now_ns() - start);
}

static double engine_once(struct engine *e, struct slice text, size_t *hits)
{
    struct engine_sink sink = {.on_hit = count_hit, .on_mark = count_mark, .ctx = hits};
    uint64_t start = now_ns();
    *hits = 0;
    engine_scan(e, text, &sink);
    return (double)text.n / (double)(now_ns() - start);
}

static int bench(struct engine *e, int count, char **files)
{
    uint64_t start = now_ns();
    struct literal_db *db = literal_db_open(slice_of(literal_db_bytes, literal_db_size));
    if (!db) return 1;
    setvbuf(stdout, NULL, _IOLBF, 0);
    printf("database unpacked in %.2f ms\n", (double)(now_ns() - start) / 1e6);
    for (int i = 0; i < count; i++) {
        struct slice text = map_file(files[i]);
        double literals = 0, whole = 0;
        size_t found = 0, hits = 0;
        for (int round = 0; round < 3 && text.n; round++) {
            double a = literals_once(db, text, &found), b = engine_once(e, text, &hits);
            if (a > literals) literals = a;
            if (b > whole) whole = b;
        }
        if (text.n)
            printf("%s: literals %.3f GB/s (%zu), engine %.3f GB/s (%zu hits), ratio %.3f\n",
                   files[i], literals, found, whole, hits, whole / literals);
    }
    literal_db_free(db);
    return 0;
}

/* Walks the file as a scan does: once, from its mapped pages. */
static int literals(const char *path)
{
    struct literal_db *db = literal_db_open(slice_of(literal_db_bytes, literal_db_size));
    struct slice text = map_file(path);
    size_t found = 0;
    if (!db || !text.n) return 1;
    (void)literals_once(db, text, &found);
    literal_db_free(db);
    return 0;
}

struct shown {
    const char *path;
    struct slice text;
    size_t at, line, line_start;
};

static void show_hit(void *ctx, const struct hit *h)
{
    static const char *const sure[] = {"sure", "bare", "weak"};
    struct shown *s = ctx;
    for (; s->at < h->from; s->at++)
        if (s->text.p[s->at] == '\n') {
            s->line++;
            s->line_start = s->at + 1;
        }
    struct slice value = slice_sub(s->text, (size_t)h->from, (size_t)(h->to - h->from));
    printf("%s:%zu:%zu\t%s\t%s\t%s\t%.*s\n", s->path, s->line + 1,
           (size_t)h->from - s->line_start + 1, h->detector->id, sure[h->sureness],
           severity_name(h->severity), (int)(value.n < 200 ? value.n : 200), value.p);
}

static int hits(struct engine *e, int count, char **files)
{
    for (int i = 0; i < count; i++) {
        struct shown s = {.path = files[i], .text = map_file(files[i])};
        struct engine_sink sink = {.on_hit = show_hit, .ctx = &s};
        engine_scan(e, s.text, &sink);
    }
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "literals") == 0) return literals(argv[2]);
    struct engine *e = engine_new();
    if (argc < 3 || !e) {
        fprintf(stderr, "usage: merlon-bench engine|literals|hits FILE...\n");
        return 2;
    }
    int rc =
        strcmp(argv[1], "hits") == 0 ? hits(e, argc - 2, argv + 2) : bench(e, argc - 2, argv + 2);
    engine_free(e);
    return rc;
}
