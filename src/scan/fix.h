/* SPDX-License-Identifier: Apache-2.0 */
/* fix.h - applies what findings offer to change: `scan --fix`.
 * Why: some mistakes have one safe answer that changes nothing for an honest program. A finding
 * carries it as an edit (finding/finding.h); the outputs of a notebook in which secrets or personal
 * data were found are taken out whole. A call that fetches from Hugging Face's hub gets the commit
 * that the user's own cache knows (fix_pin.c).
 *
 *    result ──► edits of one file, sorted ──► its bytes, if they are still those that were scanned
 *           ──► fix_diff.c: a unified diff    or    a new file beside it, renamed over it
 *
 * Workers read hostile bytes: one that was taken over may offer anything. record.c therefore lets
 * only the replacements of a closed list pass, and they go only into the file they came with.
 * Owns: what lies in its arena.   Threads: one owner.
 * Fails: a file that cannot be changed is told in `refused`; ST_NOMEM. */
#pragma once
#include "base/buf.h"
#include "base/st.h"
#include "finding/result.h"

struct fix {
    struct arena *arena;
    const struct result *result;
    const char *folder;                               /* that the paths of the result start from */
    bool diff;                                        /* say what would change, write nothing */
    void (*on_diff)(void *ctx, struct slice unified); /* one file's */
    void *ctx;
    const char *const *caches; /* of Hugging Face's hub: folders of the user, read only here */
    size_t cache_count;
    /* the outcome */
    size_t files, places;    /* that were changed, or would be */
    size_t unpinned;         /* calls whose commit nobody here knows */
    struct slice refused[8]; /* "path: why" */
    size_t refused_count, refused_more;
};

MUST_USE enum st fix_run(struct fix *f);

/* For fix*.c */
#define FIX_FILE_MAX ((size_t)16 << 20)

struct fix_edits { /* of one file, in order and apart from each other */
    const struct finding_edit *list;
    size_t count;
};

/* old[from, to) with the edits that lie in it. */
void fix_render(struct slice old, struct fix_edits edits, size_t from, size_t to, struct buf *out);
/* A unified diff with three lines of context. False: memory is out. */
bool fix_diff(struct slice path, struct slice old, struct fix_edits edits, struct arena *scratch,
              struct buf *out);
/* The folder in which the last part of `path` lies, opened for looking only, step by step below the
 * scanned one; -1: it cannot be. */
int fix_folder(const struct fix *f, struct slice path, const char **ret_name);
/* Edits that take the outputs out of a notebook (nbformat 4): room for `most` of them. Nothing when
 * it is not one. */
size_t fix_notebook(struct slice text, struct finding_edit *ret, size_t most);
