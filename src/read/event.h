/* SPDX-License-Identifier: Apache-2.0 */
/* event.h - what readers tell.
 * Why: readers know formats, judges know danger. An event says what is in the bytes, never whether
 * that is bad; severities, rules and sentences are the judges' (detect/).
 * Owns: nothing; everything an event points to lives only until the sink returns. */
#pragma once
#include "base/slice.h"
#include "read/anomaly.h"
#include "read/block.h"
#include "read/format.h"

struct row_columns; /* read/data/rows.h */
struct pickle_call; /* read/model/pickle.h */
struct code_module; /* read/code/code.h, and the next three */
struct notebook;
struct notebook_output;
struct code_settings;
struct command;
struct package;
struct file_claim; /* finding/claim.h */

enum event_kind {
    EV_FORMAT,  /* the current layer was recognised */
    EV_ANOMALY, /* something is odd */
    EV_UNREAD,  /* bytes that were not looked at, and why */
    EV_CALL,    /* a pickle imports, builds or calls something */
    EV_TEXT,    /* text with a role */
    EV_TENSOR,  /* a run of weights */
    EV_BLOB,    /* opaque bytes that a container carries: look for executables and archives */
    EV_CARD,    /* a line of the model card */
    EV_REF,     /* this file names another file or a remote source */
    EV_TABLE,   /* a table begins; see read/block.h for this and the next three */
    EV_BLOCK,
    EV_VALUE,
    EV_TABLE_END,
    EV_COLUMNS, /* rows of a columnar file, when they were asked for: read/data/rows.h */
    EV_ROWS,
    EV_CELL,
    EV_ROWS_END,
    EV_MODULE, /* code: see read/code/code.h for these */
    EV_NOTEBOOK,
    EV_OUTPUT,
    EV_SETTINGS,
    EV_COMMAND,
    EV_PACKAGE,
    EV_CLAIM, /* this file is a record that says what another one is */
};

enum unread {
    UNREAD_ENCRYPTED,
    UNREAD_UNSUPPORTED, /* a variant, method or format that no reader knows */
    UNREAD_LIMIT,       /* a budget ran out; detail names it */
    UNREAD_MALFORMED,   /* the structure is lost from here on */
    UNREAD_MEMORY,
    UNREAD_POINTER, /* the content lies elsewhere; detail says how much */
};

enum text_role {
    TEXT_TEMPLATE, /* a chat template (Jinja) */
    TEXT_METADATA, /* a key of a model's metadata */
    TEXT_CODE,     /* source code inside a model */
    TEXT_DOC,      /* documentation, model card */
};

/* Keys of the model card, in the order in which they are shown. Repeated keys: the last wins,
 * except for those marked +, which are lists without repeats. */
enum card {
    CARD_FRAMEWORK,
    CARD_PRODUCER,
    CARD_ARCHITECTURE,
    CARD_NAME,
    CARD_LICENCE,
    CARD_PROTOCOL,
    CARD_TENSORS,    /* number */
    CARD_PARAMETERS, /* number */
    CARD_DTYPES,     /* + */
    CARD_TEMPLATE,   /* sha-less short digest or "yes" */
    CARD_QUANTISATION,
    CARD_CONTEXT,
    CARD_BASE_MODEL,
    CARD_WEIGHTS_ONLY,  /* "safe" or why torch.load(weights_only=True) refuses it */
    CARD_IMPORTS,       /* + globals that a pickle needs */
    CARD_ROWS,          /* number: data records */
    CARD_COLUMNS,       /* number */
    CARD_ENCODING,      /* "utf-8", "utf-16le", "windows-1251", ... */
    CARD_DIALECT,       /* delimiter, quoting, line ends of a table in text */
    CARD_CODECS,        /* + compression and encodings of a columnar file */
    CARD_ARTIFACT_TYPE, /* + of an OCI manifest */
    CARD_MEDIA_TYPES,   /* + of its blobs */
    CARD_FLAVOURS,      /* + by which MLflow loads a model */
    CARD_MODEL_ID,      /* model_uuid */
    CARD_CALL,          /* are the inputs and outputs described? MLflow calls that a signature */
    CARD_COUNT,
};

enum dtype {
    DT_UNKNOWN,
    DT_BOOL,
    DT_U8,
    DT_I8,
    DT_U16,
    DT_I16,
    DT_U32,
    DT_I32,
    DT_U64,
    DT_I64,
    DT_F16,
    DT_BF16,
    DT_F32,
    DT_F64,
    DT_F8,
    DT_C64,
    DT_C128,
    DT_QUANTISED,
};

/* "F32", "BF16"; NULL: unknown. */
const char *dtype_name(enum dtype d);

struct tensor {
    struct slice name;
    enum dtype dtype;
    const uint64_t *shape;
    size_t rank;
    struct slice bytes; /* little-endian elements; p == NULL when they lie elsewhere */
};

struct event {
    enum event_kind kind;
    uint64_t offset; /* in the current layer */
    uint64_t line;   /* from 1; 0 = the layer is not text */
    uint64_t row;    /* of an anomaly in a data record, counted from 1; 0 = none */
    union {
        struct {
            enum format format;
            const char *variant;
        } format;
        struct {
            enum anomaly what;
            struct slice detail;
        } anomaly;
        struct {
            enum unread why;
            uint64_t bytes;
            struct slice detail;
        } unread;
        struct {
            enum text_role role;
            struct slice name, text;
        } text;
        struct {
            enum card key;
            struct slice text;
            uint64_t number;
        } card;
        struct {
            struct slice key, target;
            bool remote;
        } ref;
        struct slice blob;
        const struct tensor *tensor;
        const struct pickle_call *call;
        const struct block_table *table;
        const struct block *block;
        const struct block_value *value;
        const struct block_table_end *table_end;
        const struct row_columns *columns;
        struct {
            uint64_t first, count;
        } rows;
        struct {
            uint64_t row; /* counted from the batch's first */
            struct slice bytes;
        } cell;
        const struct code_module *module;
        const struct notebook *notebook;
        const struct notebook_output *output;
        const struct code_settings *settings;
        const struct command *command;
        const struct package *package;
        const struct file_claim *claim;
    };
};
