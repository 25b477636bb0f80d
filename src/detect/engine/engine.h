/* SPDX-License-Identifier: Apache-2.0 */
/* engine.h - secrets and personal data in text: one pass, then small validators.
 * Why: the same engine judges a file, a dataset row, a prompt and the piece of a stream. It looks
 * at every byte once for literals (Vectorscan) and once for classes of bytes (SIMD), and only where
 * one of them says so does it run the detector's own pattern and check.
 *
 *    bytes ─┬─ literals (prefixes, key words) ──┐
 *           └─ classes (digits, hex, base64, @) ┴─> candidate -> pattern -> check -> context -> hit
 *
 * The rows are rules/secrets.tsv and rules/pii.tsv, compiled in. Whether a hit is a finding, and of
 * which severity in these circumstances, is decided by the caller (detect/data): the engine says
 * what it is sure of. Owns: an engine owns its database and scratch and lives as long as its
 * worker; a stream borrows the engine.   Threads: one owner each.   Fails: engine_new gives NULL
 * when memory is out; after that nothing fails and nothing is allocated. */
#pragma once
#include "base/slice.h"
#include "finding/severity.h"

struct engine;
struct detector; /* detector.h */

enum sureness {
    HIT_SURE, /* stands on its own: prefix, check digit that chance does not pass, or context seen
               */
    HIT_BARE, /* fits pattern and check, but so do ordinary numbers: needs its column's name or vote
               */
    HIT_WEAK, /* fits, and looks like an example, a placeholder or a test value */
};

struct hit {
    const struct detector *detector;
    uint64_t from, to; /* bytes of the text, or of the stream since its start */
    enum sureness sureness;
    enum severity severity; /* the detector's, or what the check made of it (test keys, expired) */
};
typedef void hit_fn(void *ctx, const struct hit *hit);

/* What the class pass saw on its way, for those who make decoded views of the text (detect/view).
 */
enum mark_kind {
    MARK_HIGH,    /* a run with bytes from 0x80; short ASCII gaps are bridged */
    MARK_HEX,     /* >= 32 hexadecimal digits */
    MARK_BASE64,  /* >= 24 characters of either base64 alphabet */
    MARK_ESCAPES, /* >= 3 of %41, \x41, \u0041, &#65; close together */
    MARK_CONTROL, /* C0 controls other than white space, DEL */
};
struct mark {
    enum mark_kind kind;
    uint64_t from, to;
};
typedef void mark_fn(void *ctx, const struct mark *mark);

struct engine_sink {
    hit_fn *on_hit;   /* in the order of `from` */
    mark_fn *on_mark; /* NULL: not wanted; in the order of `from` */
    void *ctx;
    /* Bit d: detector_at(d) is expected here, by a column's name or by a vote. Numbers that no word
     * speaks of are tried only so often per 4 KiB, but for these always. NULL: none. */
    const uint64_t *armed;
};

struct engine *engine_new(void);
void engine_free(struct engine *e);

/* A whole text that lies in memory (a mapped file of 20 GB too). */
void engine_scan(struct engine *e, struct slice text, const struct engine_sink *sink);

/* The same, piece by piece: hits and offsets do not depend on where the pieces end. A hit is told
 * at the latest when ENGINE_WINDOW bytes have come behind it, or at the end. */
#define ENGINE_WINDOW 16384u
struct engine_stream;
struct engine_stream *engine_stream_new(struct engine *e, const struct engine_sink *sink);
void engine_stream_free(struct engine_stream *s);
void engine_feed(struct engine_stream *s, struct slice piece);
void engine_finish(struct engine_stream *s); /* the stream may be fed anew afterwards */
