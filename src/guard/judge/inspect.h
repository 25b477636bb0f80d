/* SPDX-License-Identifier: Apache-2.0 */
/* inspect.h - the parts of one request or answer, and what is wrong with them.
 * Why: one function for every surface and for the end of every stream. It knows texts and roles,
 * no protocols, and decides nothing: action.h does.
 *
 *     parts ─┬─ text engine, decoded views, hidden characters, instructions   detect/data/look.h
 *            ├─ canaries, deny and allow lists                                literals.h
 *            ├─ addresses                     (answers)                       links.h
 *            ├─ the system prompt             (answers)                       leak.h
 *            └─ the declared form             (answers)                       schema.h
 *
 * Instructions to a model are looked for in what users and tools say, more strictly in data (tool
 * results, documents), and not in system prompts and answers. Bare numbers are no matches: there
 * are no columns that could speak for them.
 *
 * Owns: a struct inspect owns its engine and scratch memory; one per thread. Matches borrow the
 * parts.   Threads: one owner.
 * Fails: inspect_new gives NULL when memory is out. Later what could not be looked at is told in
 * `unscanned`, never as clean. Nothing is allocated per call, but for decoded forms that are larger
 * than any before. */
#pragma once
#include "detect/engine/engine.h"
#include "finding/rules.h"
#include "guard/judge/leak.h"
#include "guard/judge/links.h"
#include "guard/judge/literals.h"
#include "guard/surface/part.h"

enum guard_check {
    CHECK_TEXT,
    CHECK_LITERALS,
    CHECK_LINKS,
    CHECK_LEAK,
    CHECK_SCHEMA,
    CHECKS,
};

enum unscanned { /* bits */
                 UNSCANNED_DEADLINE = 1,
                 UNSCANNED_NESTED = 2, /* encoded parts deeper or more than is followed */
                 UNSCANNED_MEMORY = 4,
                 UNSCANNED_OPAQUE = 8,   /* bytes or tokens that are no text */
                 UNSCANNED_MATCHES = 16, /* more than there is room for */
                 UNSCANNED_HELD = 32,    /* a stream: decided before its end had come */
};
/* "deadline", "nested", ...; NULL: no such bit. */
const char *unscanned_name(enum unscanned bit);
const char *guard_check_name(enum guard_check check);

struct guard_match {
    const struct rule *rule;
    enum severity severity;
    bool weak;           /* looks like an example or a test value */
    uint16_t part;       /* index */
    size_t from, to;     /* bytes of the part's text */
    char via[48];        /* "": as it lies; else the decoded form that shows it */
    const char *message; /* NULL: the rule's title says it all */
};

/* What an operator has declared; constant while it is in use. */
struct guard_checks {
    const struct literals_set *literals; /* built; NULL: none */
    struct link_policy links;
    const struct schema *schema; /* NULL: none */
    bool off[CHECKS];
};

struct inspect_in {
    const struct part *parts;
    size_t count;
    bool answer;
    const struct leak_index *prompt; /* of the same exchange; NULL: none */
    uint64_t deadline; /* of host_now_ns(); 0: none. Checks that have not begun then are skipped */
};

#define MATCHES_MOST 256u
struct inspect_out {
    struct guard_match list[MATCHES_MOST]; /* by part, then by place */
    size_t count;
    unsigned unscanned[CHECKS]; /* bits of enum unscanned */
};

struct inspect;
struct inspect *inspect_new(void);
void inspect_free(struct inspect *i);
void inspect_parts(struct inspect *i, const struct guard_checks *checks,
                   const struct inspect_in *in, struct inspect_out *out);

/* An index of the system parts, in the arena; NULL: there are none, or memory is out. */
struct leak_index *inspect_prompt(struct arena *a, const struct part *parts, size_t count);

/* Scratch memory of the thread, emptied: what was in it is gone. For one step of a stream or an
 * exchange; nothing that is kept may lie in it. */
struct arena *inspect_arena(struct inspect *i);

/* ---- for hold.c ---- */

struct engine *inspect_engine(struct inspect *i);
/* What decoded forms of a text show, and its hidden characters, in the place of a part. */
void inspect_decoded(struct inspect *i, const struct guard_checks *checks,
                     const struct inspect_in *in, const struct part *part, struct inspect_out *out);
