/* SPDX-License-Identifier: Apache-2.0 */
/* hostile.c - every golden file, damaged in every way that is cheap to make.
 *
 *   whole, cut short, with flipped bits, with memory that runs out; each with and without weights
 *
 * Files that unpack to much, and big ones, get fewer cases; `--every` gives all of them.
 *
 * Each case must end in time with ST_OK or ST_NOMEM. An honest file of a format that says how long
 * it is must not be clean when it was cut. A judge that ran out of memory must not have fewer
 * findings without saying so. */
#include "base/host.h"
#include "detect/data/look.h"
#include "detect/judge.h"
#include "finding/rules.h"
#include "read/readers.h"
#include "sign/named.h"
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEAP     (192u << 20)
#define CHUNK    (64u << 10)
#define WORK     (1u << 26)
#define SECONDS  4
#define CUTS     96
#define FLIPS    48
#define CAPS     40
#define BIG_FILE (256u << 10) /* fewer cases above this, or when as much is unpacked */
#define UNPACKED (4u << 20)
#define FEWER    8

struct outcome {
    enum st st;
    bool nomem, not_inspected;
    size_t findings;
    uint64_t unpacked;
    enum format format;
};

struct subject {
    struct slice name, bytes;
    struct outcome whole;
    size_t fewer; /* cases: one in so many */
};

static unsigned passed, failed;
static bool every;

static void count_finding(void *ctx, const struct finding *f)
{
    size_t *n = ctx;
    if (!f->rule || !f->message.n) abort();
    (*n)++;
}

static void purse(struct budget *b)
{
    budget_defaults(b);
    b->bytes = 64u << 20;
    b->members = 2000;
    b->work = WORK;
}

static struct look *worker_look(void)
{
    static struct look *look;
    if (!look) look = look_new(engine_new());
    if (!look) abort();
    return look;
}

static struct outcome run(struct slice name, struct slice bytes, bool content, size_t cap,
                          size_t chunk)
{
    struct arena arena;
    struct budget budget;
    struct judge judge;
    struct outcome out = {.st = ST_OK};
    arena_init(&arena, cap, chunk);
    purse(&budget);
    judge_init(&judge, &arena, count_finding, &out.findings);
    judge.look = worker_look();
    struct reading r = {.arena = &arena,
                        .budget = &budget,
                        .emit = judge_event,
                        .emit_ctx = &judge,
                        .content = content};
    if (!judge.nomem) out.st = reading_run(&r, name, bytes, false);
    judge_finish(&judge);
    out.nomem = judge.nomem;
    out.not_inspected = judge.not_inspected;
    out.format = judge.format;
    out.unpacked = r.unpacked;
    arena_done(&arena);
    return out;
}

static void verdict(const struct subject *s, const char *what, size_t at, bool ok, const char *why)
{
    passed += ok;
    failed += !ok;
    if (!ok) printf("FAILED %.*s, %s %zu: %s\n", SLICE_ARG(s->name), what, at, why);
}

static struct outcome check(const struct subject *s, struct slice bytes, const char *what,
                            size_t at)
{
    uint64_t from = host_now_ns();
    struct outcome with = run(s->name, bytes, true, HEAP, CHUNK);
    struct outcome without = run(s->name, bytes, false, HEAP, CHUNK);
    uint64_t took = host_now_ns() - from;
    bool st_ok = (with.st == ST_OK || with.st == ST_NOMEM) &&
                 (without.st == ST_OK || without.st == ST_NOMEM);
    verdict(s, what, at, st_ok, "an error came up from a reader");
    verdict(s, what, at, took < SECONDS * 1000000000ull, "took too long");
    return with;
}

/* ---- cut ---- */

static bool says_its_length(enum format f)
{
    switch (f) {
    case FMT_PICKLE:
    case FMT_TORCH_ZIP:
    case FMT_TORCH_LEGACY:
    case FMT_TORCHSCRIPT:
    case FMT_TORCH_PACKAGE:
    case FMT_JOBLIB:
    case FMT_NPY:
    case FMT_NPZ:
    case FMT_SAFETENSORS:
    case FMT_GGUF:
    case FMT_ZIP:
    case FMT_GZIP:
    case FMT_BZIP2:
    case FMT_XZ:
    case FMT_ZSTD:
    case FMT_LZ4:
    case FMT_SEVENZ: return true;
    default: return false;
    }
}

static bool only_padding(struct slice s)
{
    size_t i = 0;
    while (i < s.n && s.p[i] == 0) i++;
    return i == s.n;
}

/* Not when only padding is missing, nor for several streams: they are whole after each of them; nor
 * under a name that is a digest, which promises nothing to a reader and is compared elsewhere. */
static bool must_be_reported(const struct subject *s, size_t n)
{
    return s->whole.findings == 0 && says_its_length(s->whole.format) &&
           reader_of(s->whole.format) && !slice_has(s->name, S("stacked")) &&
           !named_may_be(s->name) && !only_padding(slice_sub(s->bytes, n, s->bytes.n));
}

static void cut_at(const struct subject *s, size_t n)
{
    uint8_t *exact = malloc(n + !n); /* a sanitizer sees the first byte behind it */
    if (!exact) abort();
    if (n) memcpy(exact, s->bytes.p, n);
    struct outcome out = check(s, slice_of(exact, n), "cut at", n);
    if (must_be_reported(s, n))
        verdict(s, "cut at", n, out.findings > 0 || out.nomem, "is silently clean");
    free(exact);
}

static void cut(const struct subject *s)
{
    size_t n = s->bytes.n, step = n / (CUTS / s->fewer) + 1;
    for (size_t at = 0; at < n; at += step) cut_at(s, at);
    for (size_t back = 1; back <= 16 / s->fewer && back < n; back++) cut_at(s, n - back);
}

/* ---- flip ---- */

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static void flip(const struct subject *s)
{
    static const uint8_t values[] = {0, 1, 0x7f, 0x80, 0xff, '.', '(', '{'};
    uint64_t state = 0x9e3779b97f4a7c15u ^ s->bytes.n;
    uint8_t *copy = malloc(s->bytes.n);
    for (size_t i = 0; copy && i < FLIPS / s->fewer; i++) {
        memcpy(copy, s->bytes.p, s->bytes.n);
        for (uint64_t k = next_random(&state) % 4 + 1; k > 0; k--) {
            /* heads and tails hold most of the structure */
            uint64_t r = next_random(&state), near = s->bytes.n < 64 ? s->bytes.n : 64;
            size_t at = (size_t)(r % 3 == 0   ? (r >> 8) % near
                                 : r % 3 == 1 ? s->bytes.n - 1 - (r >> 8) % near
                                              : (r >> 8) % s->bytes.n);
            copy[at] =
                r >> 40 & 1 ? (uint8_t)(copy[at] ^ 1u << (r >> 41 & 7)) : values[r >> 41 & 7];
        }
        check(s, slice_of(copy, s->bytes.n), "flip", i);
    }
    free(copy);
}

/* ---- memory ---- */

/* Caps that grow by a third, or faster; every allocation counts, because no chunk is kept. */
static void starve(const struct subject *s)
{
    size_t cap = 64;
    for (unsigned i = 0; i < CAPS && cap < HEAP; i++, cap += s->fewer * cap / 3 + 16) {
        struct outcome out = run(s->name, s->bytes, true, cap, 0);
        bool told = out.nomem || out.st == ST_NOMEM || out.not_inspected;
        verdict(s, "memory", cap, out.st == ST_OK || out.st == ST_NOMEM, "an error came up");
        verdict(s, "memory", cap, told || out.findings >= s->whole.findings,
                "has fewer findings and does not say so");
        if (!told) break;
    }
}

/* ---- files ---- */

static struct slice load(const char *path)
{
    struct stat info;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    uint8_t *bytes = NULL;
    if (fd < 0 || fstat(fd, &info)) abort();
    size_t n = (size_t)info.st_size;
    bytes = malloc(n + !n);
    if (!bytes || read(fd, bytes, n) != (ssize_t)n) abort();
    close(fd);
    return slice_of(bytes, n);
}

static int each(const char *path, const struct stat *info, int kind, struct FTW *where)
{
    if (kind != FTW_F || !S_ISREG(info->st_mode)) return 0;
    struct subject s = {.name = slice_str(path + where->base), .bytes = load(path)};
    s.whole = check(&s, s.bytes, "whole", 0);
    s.fewer = !every && (s.bytes.n > BIG_FILE || s.whole.unpacked > UNPACKED) ? FEWER : 1;
    cut(&s);
    if (s.bytes.n) flip(&s);
    starve(&s);
    free((void *)(uintptr_t)s.bytes.p);
    return 0;
}

int main(int argc, char **argv)
{
    every = argc > 1 && strcmp(argv[1], "--every") == 0;
    for (int i = 1 + every; i < argc; i++)
        if (nftw(argv[i], each, 16, FTW_PHYS)) failed++;
    if (passed == 0) failed++;
    printf("%u passed, %u failed\n", passed, failed);
    return failed != 0;
}
