/* SPDX-License-Identifier: Apache-2.0 */
/* keyless_cases.h - the cases of a folder with keyless bundles (cases.json), for tests. Anything
 * that cannot be read ends the program. */
#pragma once
#include "base/buf.h"
#include "sign/keyless.h"
#include <stdio.h>
#include <stdlib.h>

struct keyless_case {
    struct shape_seen seen;
    struct slice name, bundle, trust, identity, issuer, expect, why;
};
static const struct shape_field keyless_case_fields[] = {
    SHAPE_FIELD(struct keyless_case, name, "name", SHAPE_TEXT, SHAPE_REQUIRED),
    SHAPE_FIELD(struct keyless_case, bundle, "bundle", SHAPE_TEXT, SHAPE_REQUIRED),
    SHAPE_FIELD(struct keyless_case, trust, "trust", SHAPE_TEXT, 0),
    SHAPE_FIELD(struct keyless_case, identity, "identity", SHAPE_TEXT, SHAPE_REQUIRED),
    SHAPE_FIELD(struct keyless_case, issuer, "issuer", SHAPE_TEXT, SHAPE_REQUIRED),
    SHAPE_FIELD(struct keyless_case, expect, "expect", SHAPE_TEXT, SHAPE_REQUIRED),
    SHAPE_FIELD(struct keyless_case, why, "says", SHAPE_TEXT, 0)};
static const struct shape keyless_case_shape = {keyless_case_fields, 7, sizeof(struct keyless_case),
                                                SHAPE_OPEN};

struct keyless_cases {
    struct shape_seen seen;
    struct shape_list list;
};
static const struct shape_field keyless_cases_fields[] = {SHAPE_INNER(
    struct keyless_cases, list, "cases", SHAPE_LIST, SHAPE_REQUIRED, &keyless_case_shape)};
static const struct shape keyless_cases_shape = {keyless_cases_fields, 1,
                                                 sizeof(struct keyless_cases), SHAPE_CLOSED};

static inline _Noreturn void keyless_give_up(const char *what, struct slice why)
{
    (void)fprintf(stderr, "%s: %.*s\n", what, SLICE_ARG(why));
    exit(2);
}

static inline struct slice keyless_file(const char *folder, struct slice name, struct arena *arena)
{
    char path[2048], piece[4096];
    struct buf b;
    size_t n;
    if (snprintf(path, sizeof path, "%s/%.*s", folder, SLICE_ARG(name)) >= (int)sizeof path)
        keyless_give_up(folder, S("is too long a path"));
    FILE *f = fopen(path, "rbe");
    if (!f) keyless_give_up(path, S("cannot be opened"));
    buf_init(&b, 1u << 20);
    while ((n = fread(piece, 1, sizeof piece, f)) > 0) buf_add(&b, slice_of(piece, n));
    (void)fclose(f);
    struct slice bytes = arena_copy(arena, buf_slice(&b));
    buf_done(&b);
    return bytes;
}

static inline struct keyless_cases keyless_load(const char *folder, struct arena *arena)
{
    struct keyless_cases cases;
    struct slice why = {0}, file = keyless_file(folder, S("cases.json"), arena);
    struct buf text;
    buf_init(&text, 1u << 20);
    buf_str(&text, "{\"cases\":");
    buf_add(&text, file);
    buf_str(&text, "}");
    struct slice json = arena_copy(arena, buf_slice(&text));
    if (shape_read(&keyless_cases_shape, json, arena, &cases, &why) != ST_OK)
        keyless_give_up(folder, why);
    buf_done(&text);
    return cases;
}

static inline struct trust keyless_trust(const char *folder, const struct keyless_case *t,
                                         struct arena *arena)
{
    struct trust trust;
    struct slice why = {0}, name = t->trust.n ? t->trust : S("../trusted_root.json");
    if (trust_read(keyless_file(folder, name, arena), arena, &trust, &why) != ST_OK)
        keyless_give_up(folder, why);
    return trust;
}
