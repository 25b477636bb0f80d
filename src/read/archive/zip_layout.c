/* SPDX-License-Identifier: Apache-2.0 */
/* zip_layout.c - each mark is a name that the format's own loader asks for. */
#include "read/archive/zip_layout.h"

enum mark {
    MARK_DATA_PKL = 1 << 0,
    MARK_TORCH = 1 << 1,   /* version, byteorder, data/ */
    MARK_SCRIPT = 1 << 2,  /* code/, constants.pkl */
    MARK_PACKAGE = 1 << 3, /* .data/ */
    MARK_KERAS = 1 << 4,
    MARK_KERAS2 = 1 << 5,
    MARK_NPY = 1 << 6,
    MARK_OTHER = 1 << 7, /* a member that is not .npy */
    MARK_MAR = 1 << 8,
    MARK_WHEEL = 1 << 9,
    MARK_SKOPS = 1 << 10,
};

struct mark_row {
    const char *glob; /* below the root folder when it begins with / */
    unsigned mark;
};

static const struct mark_row marks[] = {
    {"/data.pkl", MARK_DATA_PKL},
    {"/version", MARK_TORCH},
    {"/byteorder", MARK_TORCH},
    {"/.format_version", MARK_TORCH},
    {"/data/*", MARK_TORCH},
    {"/code/**", MARK_SCRIPT},
    {"/constants.pkl", MARK_SCRIPT},
    {"/.data/extern_modules", MARK_PACKAGE},
    {"/.data/python_version", MARK_PACKAGE},
    {"/.data/*.storage", MARK_PACKAGE},
    {"config.json", MARK_KERAS},
    {"model.weights.h5", MARK_KERAS2},
    {"MAR-INF/MANIFEST.json", MARK_MAR},
    {"*.dist-info/WHEEL", MARK_WHEEL},
    {"schema.json", MARK_SKOPS},
};

/* "model/" when every member lies below model/. */
static struct slice common_root(const struct zip_index *ix)
{
    struct slice root = {0};
    for (size_t i = 0; i < ix->count; i++) {
        struct slice name = ix->entries[i].name;
        size_t slash = slice_find_byte(name, '/');
        if (slash == SIZE_MAX) return slice_of(NULL, 0);
        struct slice first = slice_sub(name, 0, slash + 1);
        if (!root.n) root = first;
        if (!slice_eq(root, first)) return slice_of(NULL, 0);
    }
    return root;
}

/* The part of a name below its first folder, with the slash, or the empty slice. */
static struct slice below(struct slice name)
{
    size_t slash = slice_find_byte(name, '/');
    return slash == SIZE_MAX ? slice_of(NULL, 0) : slice_sub(name, slash, name.n);
}

static unsigned marks_of(struct slice name)
{
    unsigned found = slice_ends(name, S(".npy")) ? MARK_NPY : MARK_OTHER;
    for (size_t i = 0; i < COUNT_OF(marks); i++) {
        struct slice glob = slice_str(marks[i].glob);
        struct slice text = glob.p[0] == '/' ? below(name) : name;
        if (text.n && slice_glob(glob, text)) found |= marks[i].mark;
    }
    return found;
}

struct layout_row {
    unsigned all, none; /* marks that must and must not be there */
    enum format layout;
    const char *variant;
};

static const struct layout_row layouts[] = {
    {MARK_DATA_PKL | MARK_SCRIPT, 0, FMT_TORCHSCRIPT, NULL},
    {MARK_PACKAGE, MARK_DATA_PKL, FMT_TORCH_PACKAGE, NULL},
    {MARK_DATA_PKL, 0, FMT_TORCH_ZIP, NULL},
    {MARK_KERAS | MARK_KERAS2, 0, FMT_KERAS, NULL},
    {MARK_NPY, MARK_OTHER, FMT_NPZ, NULL},
    {MARK_MAR, 0, FMT_ZIP, "model archive"},
    {MARK_WHEEL, 0, FMT_ZIP, "wheel"},
    {MARK_SKOPS, 0, FMT_ZIP, "skops"},
    {0, 0, FMT_ZIP, NULL},
};

void zip_layout_decide(struct zip_index *ix, const char **ret_variant)
{
    unsigned found = 0;
    ix->root = common_root(ix);
    for (size_t i = 0; i < ix->count; i++)
        if (!ix->entries[i].directory) found |= marks_of(ix->entries[i].name);
    size_t i = 0;
    while ((found & layouts[i].all) != layouts[i].all || found & layouts[i].none) i++;
    ix->layout = layouts[i].layout;
    *ret_variant = layouts[i].variant;
}
