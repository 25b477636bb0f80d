/* SPDX-License-Identifier: Apache-2.0 */
/* dockerfile_part.h - what the parts of the Dockerfile reader share; nobody else includes it.
 * dockerfile.c cuts the file into instructions, dockerfile_stage.c knows what they mean.
 * Owns: nothing.   Threads: one owner.   Fails: `st`, sticky. */
#pragma once
#include "base/map.h"
#include "read/code/scripts.h"
#include "read/code/settings_make.h"

/* One instruction: its text behind the keyword, lines joined by \ as they lie in the file, comments
 * and empty lines left out. */
struct docker_step {
    struct slice keyword; /* as written */
    struct slice text;
    const uint32_t *lines; /* per line of the text */
    size_t line_count;
    size_t keyword_at; /* in the file */
    size_t at;         /* of the text's first byte in the file */
    bool onbuild;
};

/* The words of an exec form, with their lines; p == NULL: it is in shell form, or not there. */
struct docker_exec {
    struct slice *words;
    uint32_t *lines;
    size_t count;
};

#define STAGE_NAMES 64u

struct docker {
    struct reading *r;
    struct settings_maker m;
    struct slice text;
    uint8_t escape;
    enum st st;
    int stage; /* -1: before the first FROM */
    struct slice names[STAGE_NAMES];
    size_t name_count;
    struct slice image;                 /* of this stage: its base, variables filled in */
    struct map args, values;            /* before the first FROM; of this stage */
    struct docker_exec entrypoint, cmd; /* of this stage, exec form */
};

/* What one instruction says. */
void docker_step(struct docker *d, const struct docker_step *s);
/* The stage ends: how its container starts is known. */
void docker_stage_end(struct docker *d);
