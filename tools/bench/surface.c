/* SPDX-License-Identifier: Apache-2.0 */
/* surface.c - what it costs to tell the parts of a body, beside reading its JSON alone.
 *
 *    surface-bench SURFACE request|answer|events FILE
 */
#include "codec/json.h"
#include "codec/sse.h"
#include "guard/surface/surface.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define FILE_MAX (64u << 20)
#define ROUNDS   15u
#define ROUND_NS 50000000.0
#define BATCH    32u /* reading the clock costs, too */

typedef size_t work(const struct surface *s, struct slice body, struct arena *arena);

/* Processor time: others may be at work on the machine. */
static double now_ns(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static size_t read_json(struct slice json)
{
    struct json j;
    size_t n = 0;
    json_init(&j, json);
    while (json_next(&j) != JSON_END && j.token != JSON_BAD) n++;
    return n;
}

static size_t reader(const struct surface *s, struct slice body, struct arena *arena)
{
    (void)s;
    (void)arena;
    return read_json(body);
}

static size_t request(const struct surface *s, struct slice body, struct arena *arena)
{
    static const struct surface_head head;
    struct surface_doc doc;
    return surface_request(s, body, &head, arena, &doc) == SURFACE_OK ? doc.part_count : 0;
}

static size_t answer(const struct surface *s, struct slice body, struct arena *arena)
{
    static const struct surface_head head;
    struct surface_doc doc;
    return surface_answer(s, body, &head, arena, &doc) == SURFACE_OK ? doc.part_count : 0;
}

static size_t events(const struct surface *s, struct slice body, struct arena *arena, bool parts)
{
    struct cutter c;
    size_t n, count = 0;
    cutter_init(&c, FILE_MAX);
    while (sse_cut(&c, body, true, &n) == CUT_DONE) {
        struct slice raw = slice_sub(body, 0, n);
        struct arena_mark mark = arena_mark(arena);
        struct surface_doc doc;
        struct sse_event e;
        if (parts)
            count += surface_event(s, raw, FRAMING_SSE, arena, &doc) == SURFACE_OK;
        else
            count += sse_read(raw, arena, &e) && read_json(e.data);
        arena_rewind(arena, mark);
        body = slice_sub(body, n, body.n);
    }
    return count;
}

static size_t events_reader(const struct surface *s, struct slice body, struct arena *arena)
{
    return events(s, body, arena, false);
}

static size_t events_parts(const struct surface *s, struct slice body, struct arena *arena)
{
    return events(s, body, arena, true);
}

/* Nanoseconds of one run, the best of several rounds. */
static double measure(work *w, const struct surface *s, struct slice body, size_t *ret)
{
    struct arena arena;
    double best = 0;
    arena_init(&arena, 1u << 30, 1u << 16);
    for (unsigned i = 0; i < ROUNDS; i++) {
        size_t runs = 0;
        double start = now_ns(), spent;
        do {
            for (unsigned k = 0; k < BATCH; k++) {
                *ret = w(s, body, &arena);
                arena_reset(&arena);
            }
            runs += BATCH;
            spent = now_ns() - start;
        } while (spent < ROUND_NS);
        if (!best || spent / (double)runs < best) best = spent / (double)runs;
    }
    arena_done(&arena);
    return best;
}

static void say(const char *what, double ns, size_t bytes, size_t count)
{
    printf("%-12s %10.0f ns  %6.2f GB/s  %zu\n", what, ns, (double)bytes / ns, count);
}

int main(int argc, char **argv)
{
    const struct surface *s = argc == 4 ? surface_named(slice_str(argv[1])) : NULL;
    FILE *f = s ? fopen(argv[3], "rb") : NULL;
    uint8_t *bytes = malloc(FILE_MAX);
    size_t n = 0, count = 0;
    if (!f || !bytes) return 2;
    struct slice body = slice_of(bytes, fread(bytes, 1, FILE_MAX, f));
    fclose(f);
    bool stream = !strcmp(argv[2], "events");
    double alone = measure(stream ? events_reader : reader, s, body, &n);
    double parts = measure(stream              ? events_parts
                           : argv[2][0] == 'r' ? request
                                               : answer,
                           s, body, &count);
    say("JSON alone", alone, body.n, n);
    say("parts", parts, body.n, count);
    printf("ratio %.2f\n", parts / alone);
    free(bytes);
    return 0;
}
