/* SPDX-License-Identifier: Apache-2.0 */
/* installed.h - the bundle of rules that `merlon rules update` installed.
 * Why: in the user's cache, not in the project: a repository that somebody else made must not bring
 * rules along. `rules.bundle` is the file as it came; `rules.key`, which only its owner may write,
 * is the key that --public-key named then.
 * Owns: nothing; all lives in the run's arena.   Threads: one owner.
 * Fails: installed_load never; what is not usable is the rulebook's `fault`. */
#pragma once
#include "cli/cli.h"
#include "update/rulebook.h"

#define ADVISORIES_OLD 90 /* days; then a scan of dependencies says so */

enum trust_source { TRUST_RELEASE, TRUST_SET, TRUST_REMEMBERED };

struct key_trust {
    struct rules_key keys[3];
    enum trust_source from[3];
    const char *names[3]; /* as people call them */
    size_t count;
};

/* The release key, the one that is set (--public-key, rules_key), the one that was remembered. */
void trust_gather(struct cli *c, struct key_trust *ret);
/* The key that is set; false when there is none, or it cannot be read: *ret_why says so. */
bool trust_set_key(struct cli *c, struct rules_key *ret, const char **ret_why);
const char *trust_name(const struct key_trust *t, const struct rules_key *key);
/* Is it, of an update that is being installed, to be remembered? One that was named on the command
 * line is, and one that was before; one that a file of settings names is trusted where that holds.
 */
bool trust_lasts(const struct cli *c, const struct key_trust *t, const struct rules_key *key);

/* A regular file of at most UPDATE_MAX; false: errno says why. p NULL and true: memory is out. */
bool installed_read(struct cli *c, struct slice *ret_bytes);
/* What this run goes by. Settings must be loaded. */
void installed_load(struct cli *c, struct rulebook *ret);
/* One line on standard error when a bundle is there and not in use. */
void installed_warn(const struct cli *c, const struct rulebook *r);
/* Whole, or not at all. `key`: to be remembered; NULL: none. False: errno says why. */
bool installed_put(struct cli *c, struct slice bytes, const struct rules_key *key);
/* "~/.cache/merlon/rules.bundle" */
const char *installed_path(struct cli *c);

/* The day of the advisories in use and how many days ago that was. */
int64_t advisories_age(const struct rulebook *r, char ret_day[11]);
/* "2026-11-30" of a time. */
void day_of(int64_t wall_s, char ret_day[11]);
/* "code.eval high to low, ...; off: ..."; empty when the bundle changes no rule. */
void overlay_say(struct buf *out, const struct overlay *o);
