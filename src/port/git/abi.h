/* SPDX-License-Identifier: Apache-2.0 */
/* abi.h - the part of libgit2's interface (1.1 to 1.9) that is used, found with dlopen.
 * Why: its cost is paid only by who asks for it, and the build needs no headers of it.
 * Owns: the library stays loaded.   Threads: one.   Fails: NULL when it is not installed. */
#pragma once
#include <stddef.h>
#include <stdint.h>

struct git_oid {
    unsigned char id[20];
};

struct git_diff_file {
    struct git_oid id;
    const char *path;
    uint64_t size;
    uint32_t flags;
    uint16_t mode, id_abbrev;
};

struct git_diff_delta {
    int status; /* 2 = deleted */
    uint32_t flags;
    uint16_t similarity, nfiles;
    struct git_diff_file old_file, new_file;
};

struct git_index_entry {
    int32_t ctime_s;
    uint32_t ctime_ns;
    int32_t mtime_s;
    uint32_t mtime_ns, dev, ino, mode, uid, gid, file_size;
    struct git_oid id;
    uint16_t flags, flags_extended;
    const char *path;
};

struct git_diff_options { /* the head of it; the library fills in the rest */
    unsigned version;
    uint32_t flags;
    uint64_t rest[63];
};

struct git_error {
    char *message;
    int klass;
};

enum {
    GIT_OPEN_NO_SEARCH = 1,
    GIT_OPT_SEARCH_PATH = 5,
    GIT_OPT_OWNER_CHECK = 36,
    GIT_OBJECT_COMMIT_ = 1,
    GIT_OBJECT_TREE_ = 2,
    GIT_OBJECT_BLOB_ = 3,
    GIT_DELETED = 2,
    GIT_DIFF_UNTRACKED = 1u << 3,
    GIT_DIFF_RECURSE_UNTRACKED = 1u << 4,
    GIT_DIFF_TYPECHANGE = 1u << 6,
    GIT_DIFF_NO_SUBMODULES = 1u << 9,
    GIT_INDEX_ASSUME_VALID = 0x8000,
    GIT_INDEX_SKIP_WORKTREE = 1 << 14,
};

struct git_api {
    int (*libgit2_init)(void);
    int (*libgit2_opts)(int option, ...);
    int (*libgit2_version)(int *major, int *minor, int *rev);
    int (*repository_open_ext)(void **out, const char *path, unsigned flags, const char *ceiling);
    int (*repository_set_config)(void *repo, void *config);
    int (*repository_set_workdir)(void *repo, const char *path, int update_gitlink);
    int (*repository_index)(void **out, void *repo);
    int (*index_open)(void **out, const char *path);
    int (*repository_head_unborn)(void *repo);
    int (*repository_is_bare)(const void *repo);
    int (*repository_odb)(void **out, void *repo);
    int (*odb_read_header)(size_t *size, int *type, void *odb, const struct git_oid *id);
    int (*reference_iterator_new)(void **out, void *repo);
    int (*reference_next)(void **out, void *iterator);
    int (*reference_peel)(void **out, const void *ref, int type);
    void (*reference_free)(void *ref);
    int (*repository_head)(void **out, void *repo);
    const struct git_oid *(*object_id)(const void *object);
    int64_t (*commit_time)(const void *commit);
    const struct git_oid *(*commit_tree_id)(const void *commit);
    unsigned (*commit_parentcount)(const void *commit);
    const struct git_oid *(*commit_parent_id)(const void *commit, unsigned n);
    size_t (*tree_entrycount)(const void *tree);
    const void *(*tree_entry_byindex)(const void *tree, size_t i);
    const char *(*tree_entry_name)(const void *entry);
    const struct git_oid *(*tree_entry_id)(const void *entry);
    int (*tree_entry_filemode)(const void *entry);
    int (*config_new)(void **out);
    int (*revparse_single)(void **out, void *repo, const char *spec);
    int (*object_peel)(void **out, const void *object, int type);
    int (*object_lookup)(void **out, void *repo, const struct git_oid *id, int type);
    uint64_t (*blob_rawsize)(const void *blob);
    const void *(*blob_rawcontent)(const void *blob);
    void (*object_free)(void *object);
    int (*diff_options_init)(struct git_diff_options *o, unsigned version);
    int (*diff_tree_to_index)(void **out, void *repo, void *tree, void *index,
                              const struct git_diff_options *o);
    int (*diff_tree_to_workdir_with_index)(void **out, void *repo, void *tree,
                                           const struct git_diff_options *o);
    size_t (*diff_num_deltas)(const void *diff);
    const struct git_diff_delta *(*diff_get_delta)(const void *diff, size_t i);
    size_t (*index_entrycount)(const void *index);
    const struct git_index_entry *(*index_get_byindex)(void *index, size_t i);
    const struct git_error *(*error_last)(void);
    int (*branch_iterator_new)(void **out, void *repo, int flags);
    int (*branch_next)(void **ref, int *type, void *iterator);
    int (*branch_name)(const char **out, const void *ref);
};

/* False when the library is missing or lacks a function. */
int git_api_load(struct git_api *ret);
