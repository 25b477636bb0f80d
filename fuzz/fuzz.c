/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz.c - one input, with weights or without, in a small purse of its own. What a worker keeps
 * from file to file is kept here from input to input. */
#include "fuzz.h"
#include "detect/data/look.h"
#include "detect/judge.h"
#include "read/reading.h"
#include <stdlib.h>
#include <time.h>

#define FUZZ_HEAP  (96u << 20)
#define FUZZ_CHUNK (16u << 10) /* small: there is less to poison, and more ends to run over */

#define FUZZ_SLOW_MS 2000 /* of the processor, for a few KB: a busy machine cannot fake that */

static void check_finding(void *ctx, const struct finding *f)
{
    size_t *count = ctx;
    if (!f->rule || !f->message.n || f->severity >= SEV_COUNT) abort();
    if (f->inner_count > FINDING_INNER_MAX) abort();
    (*count)++;
}

static void purse(struct budget *b)
{
    budget_defaults(b);
    b->bytes = 8u << 20;
    b->members = 256;
    b->work = 1u << 22;
    b->depth = 6;
}

/* Made once, like a worker's: its memory of one input must not change what it says of the next. */
static struct look *worker_look(void)
{
    static struct look *look;
    if (!look) look = look_new(engine_new());
    if (!look) abort();
    return look;
}

static void read_once(enum format hint, const char *name, struct slice bytes, bool content)
{
    static struct arena arena = {.cap = FUZZ_HEAP, .chunk = FUZZ_CHUNK},
                        kept = {.cap = FUZZ_HEAP, .chunk = FUZZ_CHUNK};
    struct budget budget;
    struct judge judge;
    size_t count = 0;
    purse(&budget);
    judge_init(&judge, &kept, check_finding, &count);
    judge.look = worker_look();
    struct reading r = {.arena = &arena,
                        .budget = &budget,
                        .emit = judge_event,
                        .emit_ctx = &judge,
                        .content = content,
                        .hint = hint};
    enum st st = reading_run(&r, slice_str(name), bytes, false);
    judge_finish(&judge);
    if (st != ST_OK && st != ST_NOMEM) abort();
    if (count != judge.findings) abort();
    arena_reset(&arena);
    arena_reset(&kept);
}

/* The bytes say which of the two: both for each would halve the number of inputs. */
static bool with_content(struct slice bytes)
{
    return !bytes.n || ((bytes.p[bytes.n / 2] ^ bytes.n) & 3) != 0;
}

static uint64_t processor_ms(void)
{
    struct timespec t = {0};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

void fuzz_read(enum format hint, const char *name, struct slice bytes)
{
#ifdef FUZZ_REPLAY
    read_once(hint, name, bytes, !with_content(bytes));
#endif
    uint64_t start = processor_ms();
    read_once(hint, name, bytes, with_content(bytes));
    if (processor_ms() - start > FUZZ_SLOW_MS) abort();
}
