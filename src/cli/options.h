/* SPDX-License-Identifier: Apache-2.0 */
/* options.h - every command and every option, in one table.
 * Why: parsing, help, man pages, completion, environment and merlon.toml must never disagree.
 * Adding an option? One row in options.c, and its id in the list of each command that takes it.
 * Adding a command? cmd_NAME.c, one row in commands.c.
 * Owns: constants.   Threads: read only.   Fails: NULL for an unknown name. */
#pragma once
#include "base/buf.h"

enum opt {
    OPT_OUTPUT,
    OPT_FAIL_ON,
    OPT_BASELINE,
    OPT_SINCE,
    OPT_STAGED,
    OPT_GIT,
    OPT_FIX,
    OPT_DIFF,
    OPT_EXCLUDE,
    OPT_ALL,
    OPT_WHY_SKIPPED,
    OPT_SHOW_SUPPRESSED,
    OPT_REVEAL,
    OPT_NO_HASH,
    OPT_NO_CACHE,
    OPT_JOBS,
    OPT_TIMEOUT,
    OPT_MAX_UNPACKED,
    OPT_WIDTH,
    OPT_COLOR,
    OPT_CONFIG,
    OPT_QUIET,
    OPT_VERBOSE,
    OPT_SILENT,
    OPT_FORMAT,
    OPT_ALL_RULES,
    OPT_SHOW_EXAMPLES,
    OPT_ROLE,
    OPT_ORIGIN,
    OPT_PATH,
    OPT_FINGERPRINT,
    OPT_REASON,
    OPT_UNTIL,
    OPT_BY,
    OPT_MAN,
    OPT_YES,
    OPT_EXAMPLES_DIR,
    OPT_MODE,
    OPT_KEY,
    OPT_ONLY,
    OPT_EXCEPT,
    OPT_DRY_RUN,
    OPT_DOWNLOADS,
    OPT_RETRIES,
    OPT_SILENCE,
    OPT_MAX_SIZE,
    OPT_ALLOW_UNHASHED,
    OPT_ALLOW_PRIVATE,
    OPT_FORCE,
    OPT_PUBLIC_KEY,
    OPT_ALLOW_OLDER,
    OPT_EXIT_CODE,
    OPT_REVOKED,
    OPT_REVOKED_BY,
    OPT_SIGN,
    OPT_RECORDS_SIGNATURE,
    OPT_PREVIOUS,
    OPT_ROW,
    OPT_RECORD,
    OPT_VERIFY,
    OPT_MODEL,
    OPT_ALL_CHANGES,
    OPT_SIGNATURE,
    OPT_SIGN_KEY,
    OPT_PASSWORD_FILE,
    OPT_CERTIFICATE_CHAIN,
    OPT_TRUST_KEY,
    OPT_TRUSTED_ROOT,
    OPT_IDENTITY,
    OPT_ISSUER,
    OPT_CRL,
    OPT_AT,
    OPT_THRESHOLD,
    OPT_HASH,
    OPT_SHARDS,
    OPT_IGNORE_PATHS,
    OPT_IGNORE_UNSIGNED,
    OPT_ALLOW_SYMLINKS,
    OPT_COMPAT,
    OPT_PARANOID,
    OPT_AUDIT_LOG,
    OPT_AUDIT_FULL,
    OPT_AUDIT_KEEP_DAYS,
    OPT_AUDIT_KEEP_SIZE,
    OPT_AUDIT_KEY,
    OPT_CHECKPOINT,
    OPT_FOLLOW,
    OPT_LINES,
    OPT_EVENTS_AS,
    OPT_SINCE_TIME,
    OPT_UNTIL_TIME,
    OPT_KIND,
    OPT_VERDICT,
    OPT_CALLER,
    OPT_LAYOUT,
    OPT_LISTEN,
    OPT_UPSTREAM,
    OPT_GUARD_MODE,
    OPT_GUARD_CONFIG,
    OPT_GUARD_LOG,
    OPT_LOG_FORMAT,
    OPT_LOG_KEY,
    OPT_REQUEST,
    OPT_REQUEST_FROM,
    OPT_POLICY,
    OPT_ROUTE,
    OPT_TENANT,
    OPT_LOOPS,
    OPT_HELP,
    OPT_COUNT, /* also the end of a command's list */
};

enum opt_kind {
    OPT_KIND_FLAG,
    OPT_KIND_TEXT,
    OPT_KIND_LIST, /* may be repeated */
    OPT_KIND_NUMBER,
    OPT_KIND_SIZE,
    OPT_KIND_SECONDS,
    OPT_KIND_CHOICE,
};

enum opt_words { /* what a shell may offer */
                 WORDS_NONE,
                 WORDS_FILES,
                 WORDS_FOLDERS,
                 WORDS_FORMATS,
                 WORDS_RULES,
};

struct option {
    const char *name;     /* without the dashes */
    const char *value;    /* NULL for a flag */
    const char *key;      /* in merlon.toml and, as MERLON_KEY, in the environment; NULL: neither */
    const char *fallback; /* the default as people read it; NULL: none */
    const char *choices;  /* "a|b|c" */
    const char *help;
    enum opt_kind kind;
    enum opt_words words;
    char letter;  /* 0: no short form */
    bool negated; /* --no-hash: the key is "hash" */
};

struct example {
    const char *line, *says;
};

struct cli;

struct command {
    const char *name; /* "scan", "config show" */
    const char *args; /* "[PATH...]" */
    const char *summary;
    const char *more; /* a paragraph for help and the man page; lines end with \n */
    const enum opt *options;
    struct example examples[5];
    size_t least_args, most_args;
    enum opt_words words; /* of its arguments */
    int (*run)(struct cli *c);
};

const struct option *option_at(enum opt o);
/* Its MERLON_ name; empty when the option has no key. */
void option_env(enum opt o, struct buf *out);
/* The option of this key; OPT_COUNT when there is none. */
enum opt option_of_key(struct slice key);
/* Does the command take it? */
bool command_takes(const struct command *c, enum opt o);
/* A setting that no command takes as an option. */
bool option_is_key_only(enum opt o);
/* By long name or letter among those that the command takes; OPT_COUNT when there is none. */
enum opt option_find(const struct command *c, struct slice name);
enum opt option_letter(const struct command *c, char letter);
enum opt option_nearest(const struct command *c, struct slice name);
const char *key_nearest(struct slice key);

size_t command_count(void);
const struct command *command_at(size_t i);
/* "config show" from its words; *ret_used says how many of them it took. */
const struct command *command_find(struct slice first, struct slice second, size_t *ret_used);
/* Is it the first word of commands of two words? */
bool command_is_group(struct slice word);
/* The name nearest to a misspelt one, or NULL. With a group: among its second words. */
const char *command_nearest(struct slice group, struct slice word);
