/* SPDX-License-Identifier: Apache-2.0 */
/* layout_part.h - shared by the files of scan/layout.h.   Threads: one owner. */
#pragma once
#include "port/openssl/digest.h"
#include "scan/beneath.h"
#include "scan/layout.h"
#include "scan/paths.h"

#define LAYOUT_CHUNK (1u << 20) /* also the piece in which DVC 2 turned line ends */

struct layout_claim {
    struct layout_claim *next;
    struct file_claim claim;
};

struct layout_record { /* one file that claims something */
    struct layout_record *next, *queued;
    struct slice path;
    struct layout_claim *claims, **last;
    uint64_t more;
    bool reached; /* from an index: see layout_blobs.c */
};

struct layout_file {
    struct layout_file *next;
    struct slice path;
    uint64_t bytes;
    bool hashed, misnamed, referenced;
    uint8_t sha256[SHA256_BYTES];
    enum claim_digest made; /* `last` is of this kind; CLAIM_NO_DIGEST: none was made */
    uint8_t last[20];
};

struct layout_root {     /* a folder that was asked for */
    struct slice prefix; /* of the paths below it; "" or "name/" */
    struct beneath folder;
};

struct settling {
    struct layout *l;
    const struct scan_options *options;
    struct result *result;
    bool whole;
    layout_add_fn *add;
    void *ctx;
    struct layout_root *roots;
    size_t root_count;
    uint8_t *chunk;
    struct layout_file **sorted; /* by path: what lies below a folder stands together */
    size_t sorted_count;
    struct map lists;   /* MD5 of a folder's list, in digits -> its record */
    struct map folders; /* that DVC tracks: compared with a list, or with this digest */
    bool dvcignore;     /* there is such a file */
    uint64_t entries;   /* of folders that may still be compared: records may name each other's */
    struct map made;    /* device, inode, kind -> digest: a file of many names is read once */
};

/* What is to be told, one row each in layout.c. */
enum layout_say {
    SAY_CHANGED,
    SAY_OBJECT_CHANGED,
    SAY_FOLDER_CHANGED,
    SAY_MISSING,
    SAY_BLOB_MISSING,
    SAY_COMMIT_MISSING,
    SAY_UNLISTED,
    SAY_UNLISTED_MAYBE,
    SAY_NO_LINK,
    SAY_LEFT_OVER,
};

/* `field` and `evidence` lie in the arena; `line` 0: none. */
void layout_say(struct settling *s, enum layout_say what, struct slice path, uint64_t line,
                struct slice field, struct slice evidence);
/* Formatted into the arena. */
struct slice layout_text(struct settling *s, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* The files whose paths begin so: *ret of them, from the pointer on. */
struct layout_file *const *layout_below(const struct settling *s, struct slice prefix, size_t *ret);
struct layout_file *layout_file_at(const struct layout *l, struct slice path);
struct store_count *layout_count(struct settling *s, enum claim_store store);

enum layout_outcome { LAYOUT_HELD, LAYOUT_CHANGED, LAYOUT_MISSING, LAYOUT_UNCHECKED };

/* Is the file at `path` (of the result) what the claim says? It is counted for the store.
 * *ret_why is set when it was changed: the evidence; and when it could not be compared. */
enum layout_outcome layout_check(struct settling *s, struct slice path, const struct file_claim *c,
                                 struct slice *ret_why);
/* The same without counting. */
enum layout_outcome layout_compare(struct settling *s, struct slice path,
                                   const struct file_claim *c, struct slice *ret_why);
void layout_tally(struct settling *s, const struct file_claim *c, enum layout_outcome outcome,
                  struct slice path, struct slice why);
/* The digest of a file's content; false: it cannot be read, or nobody wants digests. */
bool layout_digest(struct settling *s, struct slice path, enum claim_digest kind,
                   uint8_t ret[CLAIM_DIGEST_MAX]);
/* What lies at a path of the result; see beneath_find(). */
enum beneath_end layout_find(const struct settling *s, struct slice path, struct stat *ret_stat,
                             int *ret_fd);
/* What a record in `folder` calls `name`, as a path of the result; empty: it leads out. */
struct slice layout_path(struct settling *s, struct slice folder, struct slice name);

/* One per file of the room. */
void layout_dvc_folder(struct settling *s, const struct layout_record *r,
                       const struct file_claim *c);
void layout_blobs(struct settling *s);
void layout_hub_commit(struct settling *s, const struct layout_record *r,
                       const struct file_claim *c);
void layout_hub_blobs(struct settling *s);
void layout_hub_snapshots(struct settling *s);
