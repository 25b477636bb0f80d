/* SPDX-License-Identifier: Apache-2.0 */
/* record.h - what one exchange was, in fixed room: filled while it goes on, told once at its end.
 * Why: the log, /merlon/requests/ID, metrics and `explain --request` say the same, and none of them
 * costs the exchange a wait. It has no content: of a match, where it was and, only where the policy
 * says capture, a masked piece.
 * Owns: itself; rules are constant, texts are copied and cut.   Threads: a value.   Fails: never.
 */
#pragma once
#include "guard/judge/action.h"

#define RECORD_MATCHES 24u /* the first; all are counted */

enum record_side { RECORD_REQUEST, RECORD_ANSWER, RECORD_SIDES };

/* Why something was not looked at as a whole. Beside enum unscanned, which are for one check. */
enum record_unread {                     /* bits */
                     UNREAD_SURFACE = 1, /* no row of surfaces.tsv is for this path */
                     UNREAD_SHAPE = 2,   /* nothing that this surface says */
                     UNREAD_CODING = 4,  /* a Content-Encoding or charset that cannot be undone */
                     UNREAD_SIZE = 8,
                     UNREAD_MEMORY = 16,
};
const char *record_unread_name(enum record_unread bit); /* NULL: no such bit */

struct record_match {
    const struct rule *rule;
    enum severity severity;
    enum guard_action action;
    enum record_side side;
    bool weak;
    enum part_role role;
    enum part_channel channel;
    char path[64], via[48], shown[48];
};

struct record_side_of {
    enum guard_action action;
    const struct rule *because; /* NULL: nothing, or a check that was skipped */
    unsigned unscanned[CHECKS]; /* enum unscanned */
    unsigned unread;            /* enum record_unread */
    uint64_t bytes, parts;
    uint64_t read_ns, inspect_ns, decide_ns;
};

struct guard_record {
    char id[32], route[64], tenant[64], caller[40], address[48], model[96], upstream[64];
    char surface[24], policy[65];
    uint64_t started_ms; /* since 1970 */
    uint64_t took_us;    /* from the request's head to the answer's end */
    unsigned status;
    bool enforced, streamed, cut;
    struct record_side_of side[RECORD_SIDES];
    struct record_match matches[RECORD_MATCHES];
    size_t match_count; /* of all, also those that there was no room for */
};

/* A match in a part of a body or an event; its place is looked up only while there is room. */
void record_found(struct guard_record *r, enum record_side side, const struct surface_doc *doc,
                  const struct part *part, const struct guard_match *m, enum guard_action a,
                  bool capture, struct arena *arena);
/* The same where place and text are known. `text`: what was found, empty: it is not captured. */
void record_match(struct guard_record *r, enum record_side side, const struct part *part,
                  const struct guard_match *m, enum guard_action a, struct slice path,
                  struct slice text);
/* The model that was asked for, unless something was found in its name. */
void record_model(struct guard_record *r, const struct surface_doc *doc,
                  const struct inspect_out *found);
/* The text is cut where it is too long, between characters. */
void record_text(char *to, size_t room, struct slice text);
/* Words for x-merlon-unscanned, "deadline, coding"; nothing where all was looked at.
 * `sides`: 1 << RECORD_REQUEST, 1 << RECORD_ANSWER. */
void record_unscanned_say(const struct guard_record *r, unsigned sides, struct buf *out);
/* False: this side never came. */
bool record_was_seen(const struct guard_record *r, enum record_side side);
/* What goes on under x-merlon-verdict: allow, redact, flag, block. */
const char *record_side_verdict(const struct guard_record *r, enum record_side side);
