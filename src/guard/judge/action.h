/* SPDX-License-Identifier: Apache-2.0 */
/* action.h - what is done about matches: a pure function of matches and policy.
 * Why: every surface, stream and tool decides by the same rows, and a decision can be repeated.
 *
 *     match × rows (rule, severity, role, channel, side, route, tenant) ─► action of the first row
 *     that fits;  all matches of a text ─► the strongest action, and edits where it goes on
 *
 * Of matches that overlap the strongest action has the place, and its text replaces all of them.
 * Owns: nothing.   Threads: pure, but for the names of a conversation.   Fails: never; what there
 * is no placeholder for is redacted, and edits that there is no room for are a block. */
#pragma once
#include "guard/judge/inspect.h"
#include "guard/judge/names.h"
#include "guard/surface/surface_write.h"

enum guard_action {
    ACT_ALLOW,
    ACT_SHADOW, /* passes; the log says what would have been */
    ACT_FLAG,   /* passes; the answer's header says so */
    ACT_ANONYMISE,
    ACT_REDACT,
    ACT_BLOCK,
    ACTIONS,
};
const char *guard_action_name(enum guard_action a);
bool guard_action_find(struct slice name, enum guard_action *ret);

enum policy_side { SIDE_REQUEST = 1, SIDE_ANSWER = 2 };

struct policy_row {                  /* empty and 0: whatever it is */
    struct slice rule;               /* glob: "secret.*" */
    struct slice route, tenant;      /* globs */
    unsigned sides, roles, channels; /* bits: 1 << PART_USER */
    enum severity least;
    enum guard_action action;
    unsigned line; /* of the policy's file; 0: built-in */
};

struct policy {
    const struct policy_row *rows;
    size_t count;
    bool open[CHECKS];   /* goes on when this check was skipped; else it blocks */
    bool opaque_passes;  /* bytes and tokens that are no text: images, sound, logprobs */
    bool examples_count; /* example and test values are treated like real ones */
};
/* Does what this check has skipped (bits of enum unscanned) not matter? */
bool policy_may_skip(const struct policy *p, enum guard_check check, unsigned unscanned);
/* What holds where nobody has said anything else. */
#define POLICY_USUAL_ROWS 16u
extern const struct policy_row policy_usual_rows[POLICY_USUAL_ROWS];
extern const struct policy policy_usual;

struct decision_in {
    const struct policy *policy;
    const struct part *parts;
    const struct guard_match *matches; /* sorted by part and place */
    size_t count;
    const unsigned *unscanned; /* of CHECKS */
    struct slice route, tenant;
    bool answer;
    struct names *names; /* NULL: what should be anonymised is redacted */
};

#define EDITS_MOST MATCHES_MOST
struct decision {
    enum guard_action action;
    const struct guard_match *because; /* NULL: nothing, or a check that was skipped */
    enum guard_check skipped;          /* CHECKS: none, or why it is blocked */
    struct part_edit edits[EDITS_MOST];
    size_t count;
    uint8_t actions[MATCHES_MOST]; /* of each match */
};

void decide(const struct decision_in *in, struct decision *ret);
/* The row that decides; NULL: none does, it is allowed. */
const struct policy_row *decide_row(const struct decision_in *in, const struct guard_match *m);
enum guard_action decide_match(const struct decision_in *in, const struct guard_match *m);
