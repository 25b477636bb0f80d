/* SPDX-License-Identifier: Apache-2.0 */
/* tree.h - what is in a model folder, and what of it no manifest can cover.
 * Why: the reference leaves folders behind links and empty folders out without a word; here
 * everything that is met is either a file of the model, or noted with the reason why it is not.
 * No link is followed but those to files, and those only where the caller allows it.
 * Owns: the folder's descriptor, until tree_done().   Threads: one owner.
 * Fails: ST_IO, ST_UNSUPPORTED (a device, a link ...) with a sentence, ST_NOMEM. */
#pragma once
#include "base/arena.h"
#include "base/st.h"
#include "sign/identity.h"

#define TREE_DEPTH_MAX 200

struct tree_file {
    const char *path;   /* from the root; of a single file its base name */
    uint64_t size;      /* when details were asked for */
    struct identity id; /* the same; not of links */
    bool link;          /* a link to a file */
    bool outside;       /* that ends outside of the model */
};

enum tree_why {
    TREE_IGNORED,     /* by the caller's list */
    TREE_EMPTY,       /* a folder without anything in it */
    TREE_EMPTY_FILE,  /* told by who hashes in shards */
    TREE_FOLDER_LINK, /* nothing behind it is looked at */
    TREE_LINK,        /* a link, and links are not allowed */
    TREE_DANGLING,    /* a link to nowhere */
    TREE_SPECIAL,     /* device, socket, pipe */
    TREE_NAME,        /* not in UTF-8: no manifest can name it */
    TREE_UNREADABLE,
    TREE_DEEP,
};

struct tree_note {
    struct slice path;
    enum tree_why why;
};

struct tree {
    int folder; /* -1: none */
    bool single;
    struct slice name; /* last part of the real path */
    struct tree_file *files;
    size_t count;
    struct tree_note *notes; /* in the order of the walk */
    size_t note_count;
};

struct tree_options {
    const struct slice *ignored; /* as manifest_ignores() takes it */
    size_t ignored_count;
    const struct slice *own; /* files that are never part of it: signatures. As users give them */
    size_t own_count;
    bool links;   /* links to files are files */
    bool details; /* sizes and identities of files */
};

MUST_USE enum st tree_read(const char *path, const struct tree_options *o, struct arena *arena,
                           struct tree *ret, struct slice *ret_why);
void tree_done(struct tree *t);
/* "a link to a folder: nothing behind it is covered" */
const char *tree_why_text(enum tree_why why);
/* The path of a file below a folder that both may be given in any way; empty when it is not below
 * it. The file need not be there, but its folder must. */
struct slice tree_place(const char *folder, const char *file, struct arena *arena);
