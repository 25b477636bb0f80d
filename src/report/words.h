/* SPDX-License-Identifier: Apache-2.0 */
/* words.h - numbers, sizes and places as people read them; shared by every report.
 * Owns: nothing.   Threads: pure.   Fails: the buffer's sticky flag.
 * The text is raw: paths come from the input, so each report escapes what it takes from here. */
#pragma once
#include "base/buf.h"
#include "finding/result.h"
#include "finding/rules.h"

void say_count(struct buf *b, uint64_t n);                     /* 1,204 */
void say_short(struct buf *b, uint64_t n);                     /* 1.1 billion, 44.2 million, 812 */
void say_size(struct buf *b, uint64_t bytes);                  /* 3.1 GB */
void say_seconds(struct buf *b, double seconds);               /* 0.08 s, 4.2 s, 3 min 5 s */
void say_many(struct buf *b, uint64_t n, const char *one);     /* "1 file", "1,204 files" */
void say_kind(struct buf *b, uint64_t n, enum subject_kind k); /* "31 notebooks" */
/* models/net.pt › archive/data.pkl:12 - everything but offset, row and field. */
void say_path(struct buf *b, const struct finding *f);
/* archive/data.pkl › ...: the members of containers alone. */
void say_inner(struct buf *b, const struct finding *f);
/* "byte 41", "row 7, column age"; nothing when the path says it all. */
void say_spot(struct buf *b, const struct finding *f);

/* "column email, 9,812 rows, first row 3": of so many findings of one column, `first` the first. */
void say_rows(struct buf *b, const struct finding *first, size_t rows);

/* The path as seen from where merlon was started, so that code hosts find the file. */
void say_from_here(struct buf *b, const struct result *r, struct slice path);
/* The same as a relative URI reference (RFC 3986). */
void say_uri(struct buf *b, const struct result *r, struct slice path);
/* At most max bytes, never half a character. */
struct slice cut_text(struct slice text, size_t max);

/* Input text as people may see it, without characters that hide or reorder, into a fresh buffer
 * that the caller ends with buf_done(). */
struct buf visible(struct slice text);

/* What to print where the finding itself is silent: its rule's words. */
struct slice finding_message(const struct finding *f);
struct slice finding_fix(const struct finding *f);
bool rule_is(const struct rule *rule, const char *ending); /* ".not-inspected" */

/* The subject of a path, or NULL. Subjects are sorted (result_finish). */
const struct subject *subject_of(const struct result *r, struct slice path);

/* Days from the start of the run to an ISO date; false when either is not a date. */
bool days_until(const struct result *r, struct slice date, int64_t *ret_days);
/* Days to the first suppression that lapses; how many have a date at all. */
size_t lapsing(const struct result *r, int64_t *ret_days);

/* In place of "no findings", in results of commands that count and do not judge. */
#define NO_SCAN "this was no scan: what the files hold was not judged"

static inline bool finding_shown(const struct finding *f)
{
    return f->state != FINDING_SUPPRESSED;
}
