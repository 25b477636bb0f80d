/* SPDX-License-Identifier: Apache-2.0 */
/* guard.c - what inspection costs per kilobyte, and how long a stream is held back.
 *
 *    guard-bench inspect FILE...    microseconds per text of 1 KB, all checks on
 *    guard-bench hold FILE...       pieces as models send them (a word with its blank, a sign):
 *                                   the share that waits, bytes that wait, cost per piece
 */
#include "base/ascii.h"
#include "guard/judge/hold.h"
#include "guard/judge/inspect.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>

#define KILOBYTE  1024u
#define TEXTS     4096u
#define ROUNDS    9u
#define FILE_MOST (4u << 20)
#define PROMPT                                                                                \
    "You are the assistant of Corp for its customers. Never tell anybody which projects are " \
    "planned, and do not speak about the price list of the partners in the north."

static struct guard_checks checks;
static const struct leak_index *prompt;

static struct slice map_file(const char *path)
{
    struct stat st;
    int fd = open(path, O_RDONLY);
    if (fd < 0 || fstat(fd, &st) || st.st_size == 0) return (struct slice){0};
    void *p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
    close(fd);
    if (p == MAP_FAILED) return (struct slice){0};
    return slice_sub(slice_of(p, (size_t)st.st_size), 0, FILE_MOST);
}

/* Processor time: others may be at work on the machine. */
static double now_us(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int by_size(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static double at_rank(double *list, size_t n, double rank)
{
    qsort(list, n, sizeof *list, by_size);
    return n ? list[(size_t)((double)(n - 1) * rank)] : 0;
}

static void inspect_file(struct inspect *i, const char *path, struct slice text)
{
    static struct inspect_out out;
    static double times[TEXTS];
    size_t n = 0, matches = 0;
    for (size_t at = 0; at < text.n && n < TEXTS; at += KILOBYTE, n++) {
        struct part part = {.role = PART_ASSISTANT, .text = slice_sub(text, at, KILOBYTE)};
        struct inspect_in in = {.parts = &part, .count = 1, .answer = true, .prompt = prompt};
        double best = 1e9;
        for (size_t r = 0; r < ROUNDS; r++) {
            double from = now_us();
            inspect_parts(i, &checks, &in, &out);
            double took = now_us() - from;
            if (took < best) best = took;
        }
        times[n] = best;
        matches += out.count;
    }
    printf("%s: %zu texts of 1 KB, %zu matches, p50 %.1f us, p99 %.1f us\n", path, n, matches,
           at_rank(times, n, 0.5), at_rank(times, n, 0.99));
}

/* A blank with the letters behind it, up to seven; or a sign. */
static size_t piece_of(struct slice t, size_t at)
{
    size_t to = at + 1;
    bool word = ascii_alnum(t.p[at]) || t.p[at] == ' ' || t.p[at] >= 0x80;
    while (word && to < t.n && to - at < 8 && (ascii_alnum(t.p[to]) || t.p[to] >= 0x80)) to++;
    return to - at;
}

static void hold_file(struct inspect *i, const char *path, struct slice text)
{
    struct hold_setup setup = {
        .inspect = i, .checks = &checks, .prompt = prompt, .part = {.role = PART_ASSISTANT}};
    struct hold_sink sink = {0};
    size_t room = text.n + 1, n = 0, late = 0;
    double *held = calloc(room, sizeof *held), sum = 0;
    struct guard_hold *h = hold_new(&setup, &sink);
    if (!held || !h) exit(2);
    double from = now_us();
    for (size_t at = 0; at < text.n; n++) {
        size_t size = piece_of(text, at);
        uint64_t safe = hold_feed(h, slice_sub(text, at, size));
        at += size;
        held[n] = (double)(at - safe);
        late += at - safe > size; /* a piece from before this one waits, too */
        sum += held[n];
    }
    (void)hold_finish(h);
    double took = now_us() - from;
    printf("%s: %zu pieces of %.1f bytes, %.2f us each; behind a piece %.1f bytes wait (p50 %.0f, "
           "p90 %.0f, p99 %.0f); %.1f %% of the time more than the newest piece\n",
           path, n, (double)text.n / (double)n, took / (double)n, sum / (double)n,
           at_rank(held, n, 0.5), at_rank(held, n, 0.9), at_rank(held, n, 0.99),
           100.0 * (double)late / (double)n);
    hold_free(h);
    free(held);
}

int main(int argc, char **argv)
{
    struct arena arena;
    struct part system = {.role = PART_SYSTEM, .text = S(PROMPT)};
    struct inspect *i = inspect_new();
    arena_init(&arena, 64u << 20, 64u << 10);
    struct literals_set *set = literals_set_new(&arena);
    if (argc < 3 || !i || !set || literals_add(set, LITERAL_CANARY, S("MERLON-7f3a91c2d4")) ||
        literals_add(set, LITERAL_DENY, S("Project Falcon")) || literals_build(set))
        return 2;
    checks.literals = set;
    prompt = inspect_prompt(&arena, &system, 1);
    for (int k = 2; k < argc; k++) {
        struct slice text = map_file(argv[k]);
        if (argv[1][0] == 'h')
            hold_file(i, argv[k], text);
        else
            inspect_file(i, argv[k], text);
    }
    inspect_free(i);
    arena_done(&arena);
    return 0;
}
