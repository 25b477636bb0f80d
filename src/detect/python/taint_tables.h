/* SPDX-License-Identifier: Apache-2.0 */
/* taint_tables.h - the constant tables that tools/gen_taint.py writes from rules/code-*.tsv.
 * Why: a new source, sanitizer or sink is a row of text.
 * Owns: constants.   Threads: read only.   Fails: never. */
#pragma once
#include "base/slice.h"
#include "finding/severity.h"

enum taint_kind {
    TAINT_NONE = 0, /* of a row: what fits it is no source */
    TAINT_MODEL = 1,
    TAINT_TOOL = 2,
    TAINT_REQUEST = 4,
    TAINT_UPLOAD = 8,
    TAINT_NET = 16,
    TAINT_USER = 32,
    TAINT_DOCS = 64,
    TAINT_ASKED = 128,
    TAINT_ARCHIVE = 256,
    TAINT_OPEN = 512, /* not fixed in the code, wherever it comes from */
    TAINT_SQL = 1024, /* a statement put together from open values; made by the judge */
};

#define TAINT_OTHER_KINDS (TAINT_OPEN - 1) /* all that have a source */

enum taint_safe {
    SAFE_CODE = 1,
    SAFE_SHELL = 2,
    SAFE_SQL = 4,
    SAFE_HTML = 8,
    SAFE_URL = 16,
    SAFE_PATH = 32,
    SAFE_PROMPT = 64,
    SAFE_NAME = 128,
    SAFE_LOAD = 256,
    SAFE_ARGV = 512,
};
#define SAFE_ALL 0x3ff

struct flow_string {
    uint16_t at;
    uint8_t length;
};
extern const char flow_pool[];

static inline struct slice flow_text(struct flow_string s)
{
    return slice_of(flow_pool + s.at, s.length);
}

enum flow_how {
    SOURCE_CALL,
    SOURCE_VALUE,
    SOURCE_PARAMS,
    SOURCE_METHOD,
    SOURCE_HOOK,
    SOURCE_PARAM,
    EFFECT_FIXED,
    EFFECT_PASS,
    EFFECT_SAFE,
    EFFECT_GUARD,
};

struct flow_row {
    uint8_t how;
    struct flow_string what, extra; /* extra: the method of SOURCE_METHOD */
    uint16_t bits;                  /* taint_kind of sources, taint_safe of sanitizers */
};

struct flow_group { /* rows by the last step of what they are about; "*" fits any */
    struct flow_string last;
    uint16_t from, count;
};

enum sink {
    SINK_CODE,
    SINK_RUN_CODE,
    SINK_SHELL,
    SINK_ARGV,
    SINK_SQL,
    SINK_HTML,
    SINK_TEMPLATE,
    SINK_URL,
    SINK_PATH,
    SINK_LOAD,
    SINK_LOAD_MODEL,
    SINK_ADAPTER,
    SINK_FIT,
    SINK_TABLE,
    SINK_SYSTEM,
    SINK_PROMPT,
    SINK_LOG,
};

enum sink_when {
    WHEN_ANYWAY,
    WHEN_SHELL,
    WHEN_HTML,
    WHEN_DB,
    WHEN_PICKLE,
    WHEN_FULL,
    WHEN_TABLE,
    WHEN_LEARNS,
    WHEN_PAGE,
};

enum { SINK_SELF = -2, SINK_ANY = -3 }; /* positions; -1: by keyword only */

struct sink_row {
    uint8_t sink, when;
    int8_t position;
    struct flow_string what, keywords; /* keywords: with | between */
};

struct verdict_row {
    uint8_t sink, severity;
    uint16_t kinds;
    struct flow_string rule, message;
};

extern const struct flow_row flow_rows[];
extern const struct flow_group flow_groups[]; /* sorted */
extern const size_t flow_group_count;
extern const struct sink_row sink_rows[];
extern const struct flow_group sink_groups[];
extern const size_t sink_group_count;
extern const struct verdict_row verdict_rows[];
extern const size_t verdict_count;
