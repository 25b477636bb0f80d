/* SPDX-License-Identifier: Apache-2.0 */
#include "port/git/abi.h"
#include <dlfcn.h>
#include <string.h>

#define ENTRY(name)                                  \
    {                                                \
        "git_" #name, offsetof(struct git_api, name) \
    }

static const struct {
    const char *name;
    size_t at;
} entries[] = {
    ENTRY(libgit2_init),
    ENTRY(libgit2_opts),
    ENTRY(libgit2_version),
    ENTRY(repository_open_ext),
    ENTRY(repository_set_config),
    ENTRY(repository_set_workdir),
    ENTRY(repository_index),
    ENTRY(index_open),
    ENTRY(repository_head_unborn),
    ENTRY(repository_is_bare),
    ENTRY(repository_odb),
    ENTRY(odb_read_header),
    ENTRY(reference_iterator_new),
    ENTRY(reference_next),
    ENTRY(reference_peel),
    ENTRY(reference_free),
    ENTRY(repository_head),
    ENTRY(object_id),
    ENTRY(commit_time),
    ENTRY(commit_tree_id),
    ENTRY(commit_parentcount),
    ENTRY(commit_parent_id),
    ENTRY(tree_entrycount),
    ENTRY(tree_entry_byindex),
    ENTRY(tree_entry_name),
    ENTRY(tree_entry_id),
    ENTRY(tree_entry_filemode),
    ENTRY(config_new),
    ENTRY(revparse_single),
    ENTRY(object_peel),
    ENTRY(object_lookup),
    ENTRY(blob_rawsize),
    ENTRY(blob_rawcontent),
    ENTRY(object_free),
    ENTRY(diff_options_init),
    ENTRY(diff_tree_to_index),
    ENTRY(diff_tree_to_workdir_with_index),
    ENTRY(diff_num_deltas),
    ENTRY(diff_get_delta),
    ENTRY(index_entrycount),
    ENTRY(index_get_byindex),
    ENTRY(error_last),
    ENTRY(branch_iterator_new),
    ENTRY(branch_next),
    ENTRY(branch_name),
};

static void *open_library(void)
{
    static const char *const names[] = {"libgit2.so.1.5", "libgit2.so.1.6", "libgit2.so.1.7",
                                        "libgit2.so.1.8", "libgit2.so.1.9", "libgit2.so.1.1"};
    void *lib = NULL;
    for (size_t i = 0; !lib && i < sizeof names / sizeof names[0]; i++)
        lib = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
    return lib;
}

int git_api_load(struct git_api *ret)
{
    void *lib = open_library();
    if (!lib) return 0;
    for (size_t i = 0; i < sizeof entries / sizeof entries[0]; i++) {
        void *f = dlsym(lib, entries[i].name);
        if (!f) return 0;
        memcpy((char *)ret + entries[i].at, &f, sizeof f);
    }
    int major = 0, minor = 0, rev = 0;
    return ret->libgit2_version(&major, &minor, &rev) == 0 && major == 1;
}
