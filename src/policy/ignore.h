/* SPDX-License-Identifier: Apache-2.0 */
/* ignore.h - .merlonignore.toml: findings that somebody accepted, with a reason and an end date.
 *
 *    [[ignore]]
 *    rule = "model.pickle-unknown-import"   # or with a star at its end
 *    path = "legacy/old.pkl"                  # from the project's root; and/or fingerprint = "..."
 *    reason = "own class, reviewed"         # required
 *    until = 2027-03-31                     # its last day; without it: for good
 *    by = "ml-platform"
 *
 * A lapsed entry hides nothing and is a finding itself (meta.suppression-lapsed), and so is one
 * that is not valid (meta.suppression-invalid). Findings about suppressions cannot be suppressed.
 * Owns: nothing; entries live in the arena.   Threads: pure.   Fails: see each function. */
#pragma once
#include "base/arena.h"
#include "base/buf.h"
#include "finding/result.h"

enum ignore_state { IGNORE_ACTIVE, IGNORE_LAPSED, IGNORE_INVALID };

struct ignore_entry {
    struct slice rule, path, fingerprint, reason, until, by;
    enum ignore_state state;
    const char *wrong; /* why it is not valid */
    int64_t until_day; /* days since 1970; INT64_MAX without a date */
    size_t line, hits;
};

struct ignore_list {
    struct ignore_entry *entries;
    size_t count;
    struct slice file; /* its name in findings */
    /* the file itself could not be read as TOML */
    size_t error_line, error_column;
    const char *error, *error_fix;
};

/* False when memory is out. A file that is no TOML gives one invalid entry list: `error` is set. */
bool ignore_parse(struct slice text, struct slice file, int64_t today, struct arena *a,
                  struct ignore_list *ret);
/* Does an active entry cover it? `place` is the finding's path from the project's root. */
struct ignore_entry *ignore_match(const struct ignore_list *l, const struct finding *f,
                                  struct slice place);
/* The findings about lapsed and invalid entries. False when memory is out. */
bool ignore_report(const struct ignore_list *l, struct result *r);

/* Findings about suppressions cannot be suppressed. */
bool ignore_forbids(struct slice id);
/* "2027-03-31" to days since 1970; false when it is no date. */
bool day_parse(struct slice s, int64_t *ret);
/* One entry as text for the file. */
void ignore_write(struct buf *out, const struct ignore_entry *e);
/* The file without the entries that `drop` says yes to; all other bytes stay as they are. */
bool ignore_without(struct slice text, const struct ignore_list *l,
                    bool (*drop)(const void *ctx, const struct ignore_entry *e), const void *ctx,
                    struct buf *out);
