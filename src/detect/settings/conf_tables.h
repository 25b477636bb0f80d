/* SPDX-License-Identifier: Apache-2.0 */
/* conf_tables.h - the constant tables that tools/gen_conf.py writes from rules/code-settings.tsv,
 * code-commands.tsv and code-env.tsv. The heads of these files explain the columns.
 * Owns: constants.   Threads: read only.   Fails: never. */
#pragma once
#include "base/slice.h"

/* Functions that rows may ask, as @name. Adding one? A row in TESTS of tools/gen_conf.py too. */
enum conf_test {
    CONF_TEST_NONE,
    CONF_TEST_ALL_HOSTS,    /* the value is every interface */
    CONF_TEST_HTTP_REMOTE,  /* http:// to another machine */
    CONF_TEST_REMOTE_PATH,  /* a URL, or a path outside */
    CONF_TEST_SECRET,       /* a literal secret that the text engine does not see */
    CONF_TEST_AUTH,         /* a sibling speaks of authentication */
    CONF_TEST_NOT_COMMIT,   /* a revision that is no commit */
    CONF_TEST_EXTRA_INDEX,  /* a second index that is no vendor's */
    CONF_TEST_VENDOR_INDEX, /* ... that is one */
    CONF_TEST_DEFAULT_LOGIN,
    CONF_TEST_LOOPBACK_ONLY, /* a host option names this machine only */
    CONF_TEST_MODEL_PATH,
    CONF_TEST_PINNED,  /* --revision with a commit */
    CONF_TEST_NO_AUTH, /* no option for a key, and none in the environment of the command */
    CONF_TEST_INSECURE_URL,
    CONF_TEST_LOCAL_URL,
    CONF_TEST_FLOATING_IMAGE, /* without a tag, or :latest */
};

struct conf_string {
    uint32_t at;
    uint16_t length;
};

extern const char conf_pool[];

static inline struct slice conf_text(struct conf_string s)
{
    return slice_of(conf_pool + s.at, s.length);
}

struct conf_value_test {
    uint8_t test; /* enum conf_test, or CONF_TEST_NONE: the pattern */
    bool negated;
    struct conf_string pattern;
};

struct conf_setting_row {
    uint8_t kind;                  /* enum conf_kind */
    int8_t severity;               /* enum severity; -1: the rule's own */
    bool nulls, empty;             /* fits values that are not there, or empty texts */
    struct conf_string path, last; /* last step of the path */
    struct conf_value_test value, unless;
    struct conf_string rule, message;
};

enum conf_condition_kind {
    CONF_HAS,   /* an option is given; with a value: that fits */
    CONF_LACKS, /* it is not */
    CONF_SUB,   /* the first word that is no option */
    CONF_WORD,  /* some word fits */
    CONF_ENV,   /* NAME=value stands in front */
    CONF_ASK,   /* a function */
    CONF_WHERE, /* the letter of a place: d(ockerfile) c(i) s(hell) o(compose) */
};

struct conf_condition {
    uint8_t kind, test;
    bool negated, shown;            /* shown: the finding stands on its word */
    struct conf_string name, value; /* option names with | between */
};

struct conf_command_row {
    int8_t severity;
    struct conf_string programs; /* with | between */
    struct conf_string rule, message;
    uint16_t from, count; /* of conf_conditions */
};

struct conf_env_row {
    int8_t severity;
    struct conf_string name; /* pattern */
    struct conf_value_test value;
    struct conf_string rule, message;
};

extern const struct conf_setting_row conf_setting_rows[];
extern const size_t conf_setting_count;
extern const struct conf_command_row conf_command_rows[];
extern const size_t conf_command_count;
extern const struct conf_condition conf_conditions[];
extern const struct conf_env_row conf_env_rows[];
extern const size_t conf_env_count;
