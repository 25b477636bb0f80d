/* SPDX-License-Identifier: Apache-2.0 */
/* data_part.h - what the judges of tables and text share; private to detect/data.
 *
 *    rows.c        events: looks at each block and value, finds the place of each hit
 *    values.c      one hit: what it weighs where it stands, and the finding it becomes
 *    masks.c       how a value is shown
 *    columns.c     numbers that only their column can tell: kept, then voted for
 *    urls.c        lists of addresses to download from
 *    duplicates.c  records that are there more than once
 *
 * Owns: a struct judge_data lives in its judge's arena, one per subject.   Threads: one owner.
 * Fails: j->nomem. */
#pragma once
#include "detect/data/duplicates.h"
#include "detect/data/look.h"
#include "detect/data/mask.h"
#include "detect/engine/detector.h"
#include "detect/data/urllist.h"
#include "detect/judge.h"

enum circumstance { /* what kind of text something stands in */
                    IN_DATASET,
                    IN_NOTEBOOK_OUTPUT,
                    IN_METADATA, /* of a model: keys, templates */
                    IN_PROSE,    /* text of no kind that the name tells */
                    IN_CONFIG,
                    IN_DOCUMENT, /* documentation, licences, change logs */
                    IN_CODE,
                    IN_LOCK_FILE, /* made by package tools: digests and addresses */
};

enum circumstance circumstance_of(const struct reading *r, bool records, struct slice field);

/* A hit with its place. */
struct value {
    const struct detector *detector;
    enum sureness sureness;
    enum severity severity;
    enum circumstance in;
    struct slice text;  /* what matched, decoded */
    struct slice field; /* column name or path; may be as short-lived as its place */
    const char *via;    /* NULL: as it lies in the text; else the view that shows it */
    bool whole;         /* it is all of its column's value, not a part of a longer text */
    uint64_t column;    /* column_key() */
    uint64_t times;     /* rows that share it, at least 1 */
    uint64_t offset;
    int64_t row, line, at; /* `at`: the column in its line */
    struct span span;
    uint64_t identity;   /* equal for equal texts; never leaves this room */
    bool shown;          /* value_show() was called: what is below is known */
    uint64_t anchor;     /* for the fingerprint */
    struct slice reveal; /* the text to show instead of the mask; p == NULL: show the mask */
    char mask[MASK_MAX];
};

/* ---- urls.c ---- */

/* The table ends: what is wrong with it as a list of addresses. */
void urls_end(struct judge_data *d);

/* ---- columns.c ---- */

#define NAMES      16u
#define NAME_KNOWN 96u

struct column_name { /* what a name says of a detector's values */
    const struct detector *detector;
    size_t n;
    bool elsewhere;
    uint8_t text[NAME_KNOWN];
};

struct tally;
struct columns {
    struct tally **slots; /* by column and detector; open addressing */
    struct tally *newest; /* all of them */
    size_t used, kept;    /* tallies, and values that wait in them */
    uint64_t next_vote;   /* rows */
    struct column_name names[NAMES];
};

#define ARMED_WORDS 8u /* a bit per detector */

/* What a column is called, for comparing: its index, or its path without the numbers in it. */
uint64_t column_key(const struct block_place *p);
/* Does the column's name speak of something else: orders, bar codes, times? */
bool columns_elsewhere(struct judge_data *d, const struct value *v);
/* Did this column get this detector's vote already? */
bool columns_voted(const struct judge_data *d, const struct value *v);
/* Keep a bare value until its column is known. */
void columns_note(struct judge_data *d, const struct value *v);
/* Count how often the waiting columns of a table without a header are filled. */
void columns_block(struct judge_data *d, const struct block *b);
/* Sets the bits of the detectors that columns wait for, and of those that need no column. */
void columns_armed(const struct judge_data *d, uint64_t armed[ARMED_WORDS]);
/* The table ends: vote. */
void columns_end(struct judge_data *d, const struct block_table_end *end);

/* ---- the state ---- */

#define RECENT 2048u
#define KINDS  61u

struct data_kind { /* what is known of all values of a detector, or of a rule */
    const char *id;
    const struct rule *rule; /* NULL: it has none */
    bool contact;            /* see values.c */
};

typedef enum st data_look_fn(void *ctx, struct slice text, enum look_kind kind,
                             const struct look_sink *sink);

struct items { /* what was seen in a text: see rows.c */
    void *p;
    size_t n, room;
};
#define DETECTORS_SEEN 512u

struct judge_data {
    struct judge *judge;
    const struct reading *reading; /* of the event in hand */
    data_look_fn *look;            /* look_text(), or a test's */
    void *look_ctx;
    /* the layer in hand */
    bool here;
    const struct layer *layer;
    enum format format;
    struct finding base; /* its inner names */
    enum circumstance in_text, in_records;
    /* the table in hand */
    bool document;                /* it is one object: no rows */
    uint64_t rows, blocks, bytes; /* seen so far */
    uint64_t armed[ARMED_WORDS];
    struct columns columns;
    struct duplicates duplicates;
    struct urllist urls;
    /* the text in hand */
    struct items plain, extra; /* hits in it as it lies; views and notes */
    size_t shift;              /* where the part that is looked at begins */
    uint64_t overflow;         /* what there was no room for */
    const struct detector *seen[DETECTORS_SEEN];
    struct arena *arena;     /* the judge's */
    uint64_t recent[RECENT]; /* told already: a value can stand in a block and be told decoded */
    struct data_kind kinds[KINDS];
    uint8_t *decoded;
    size_t decoded_n;
};

struct judge_data *data_of(struct judge *j); /* NULL: memory is out */
/* What look_text() said of a text at this place: was all of it looked at? */
void data_missed(struct judge_data *d, enum st st, uint64_t offset);
/* An event of this layer: the last one's tables end when it is another. */
void data_arrive(struct judge_data *d, const struct reading *r);

/* By its id, which lives as long as the program. */
const struct data_kind *data_kind(struct judge_data *d, const char *id);

void value_identify(struct value *v); /* v->identity: all that one needs which is only counted */
/* Fills in what is shown of v->text, and what makes it the same finding after a move. */
void value_show(struct judge_data *d, struct value *v);
/* Weighs a value and makes it a finding; one of which there are enough is counted. */
void value_found(struct judge_data *d, const struct value *v);
/* The same of a sure hit of this severity in a text without rows, before its place is asked for:
 * true when it weighs nothing there, or was counted and that was all. */
bool value_is_counted(struct judge_data *d, const struct detector *detector, enum severity s);
/* The rule of a sure hit of this severity in a row, if there are enough of its kind, and what the
 * hit weighs there; NULL: it may have to be shown. Then value_count() is all that is left to do,
 * which needs detector, severity, text, row and column. */
const struct rule *value_full(struct judge_data *d, const struct detector *detector,
                              enum severity *s);
void value_count(struct judge_data *d, struct value *v, const struct rule *rule);
void value_span(struct judge_data *d, const struct value *v, enum span_kind kind);
/* Is it the name of something in a program? Are there only digits in it? */
bool value_is_name(struct slice text);
bool value_is_digits(struct slice text);
/* Is text.p[from, to) one of a list of numbers, of which some pass any check? */
bool value_is_listed(struct slice text, size_t from, size_t to);
/* So many more of this kind that are not told one by one. */
void value_more(struct judge_data *d, const struct value *v, uint64_t more);
/* A finding at the value's place. */
struct finding value_finding(struct judge_data *d, const char *rule, const struct value *v);
