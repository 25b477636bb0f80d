/* SPDX-License-Identifier: Apache-2.0 */
/* package_part.h - what the judges of packages share.
 * Owns: nothing that the judge's arena does not.   Threads: one owner. */
#pragma once
#include "detect/judge.h"
#include "detect/package/advisories.h"
#include "detect/package/version.h"
#include "read/code/code.h"

/* One package or index as it is judged. */
struct asked {
    struct judge *j;
    const struct reading *r;
    const struct event *ev;
    const struct package *p;
    struct advisories *known;
    struct slice names; /* the lists of names */
    struct slice name;  /* normalised, as PyPI has it */
    struct slice shown; /* as written, without credentials */
    enum version_dialect how;
    bool exact; /* `version` is the one */
    struct version version;
};

/* Lazily made, kept by the judge. NULL: memory is out, or the image is damaged. */
struct advisories *packages_known(struct judge *j);
/* A finding at the package's place. `message` lives on. */
void asked_say(const struct asked *q, const char *rule, enum severity s, struct slice message,
               struct slice fix);
/* An import whose module is not the project's own. */
void asked_say_import(const struct asked *q, struct slice like);
/* The same, held back where a lock lies beside. */
void asked_say_unlocked(const struct asked *q, const char *rule, enum severity s,
                        struct slice message);
struct slice asked_text(const struct asked *q, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* A URL with user:password@ left out. */
struct slice url_shown(struct arena *a, struct slice url);

/* vulnerable.c: false: nothing is known of these versions. */
void judge_vulnerable(const struct asked *q);
bool judge_malicious(const struct asked *q);
/* licence_judge.c */
void licence_package(const struct asked *q);
/* origin.c */
void judge_index(const struct asked *q);
void judge_direct(const struct asked *q);
/* name.c: true: the name itself is wrong, and nothing else need be said. */
bool judge_name(const struct asked *q);
