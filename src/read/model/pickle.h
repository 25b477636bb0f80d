/* SPDX-License-Identifier: Apache-2.0 */
/* pickle.h - what a pickle does when it is loaded, without loading it.
 * Why: a pickle is a program for a small stack machine. This is that machine on abstract values:
 * it follows CPython's unpickler opcode by opcode, and tells every import and every call.
 * Owns: values live in the reading's arena until the layer is closed, or until the sink returns.
 * Threads: one owner.
 * Fails: bad streams are told by pickle_run() itself, with place and reason; what ran before stays
 * told. Its result only says how the stream ended. */
#pragma once
#include "base/buf.h"
#include "base/cursor.h"
#include "read/reading.h"

/* ---- values ---- */

enum pickle_kind {
    PV_UNKNOWN, /* what a call returned, or more than is kept */
    PV_NONE,
    PV_BOOL,
    PV_INT,
    PV_FLOAT,
    PV_TEXT,
    PV_BYTES, /* bytes and bytearray */
    PV_TUPLE,
    PV_LIST,
    PV_DICT,
    PV_SET, /* and frozenset */
    PV_GLOBAL,
    PV_OBJECT, /* what a call of a global made: pickle_callee(), pickle_args() */
    PV_PERSID, /* what the loader gives for a persistent id: pickle_item(v, 0) */
    PV_BUFFER, /* an out-of-band buffer */
};

struct pickle_value {
    uint64_t bits; /* see pickle_value.h; 0 is unknown */
};
struct pickle_global;

enum pickle_kind pickle_kind(struct pickle_value v);
bool pickle_same(struct pickle_value a, struct pickle_value b); /* the same object */
/* False for other kinds. Integers beyond 64 bits give the nearest one and false. */
bool pickle_int(struct pickle_value v, int64_t *ret);
bool pickle_float(struct pickle_value v, double *ret);
bool pickle_text(struct pickle_value v, struct slice *ret);
bool pickle_bytes(struct pickle_value v, struct slice *ret);
bool pickle_is_text(struct pickle_value v, const char *text);
/* Text or bytes that calls made while loading, not constants of the stream. */
bool pickle_computed(struct pickle_value v);
/* Items of tuples, lists, sets; of dicts key and value in turn. Only the first ones are kept:
 * the item is PV_UNKNOWN from pickle_kept() on. */
uint64_t pickle_count(struct pickle_value v);
uint64_t pickle_kept(struct pickle_value v);
struct pickle_value pickle_item(struct pickle_value v, uint64_t i);
/* False when the key is absent among what was kept. */
bool pickle_dict_get(struct pickle_value dict, const char *key, struct pickle_value *ret);
/* Nothing but data inside: no global, call, persistent id or unknown value. */
bool pickle_plain(struct pickle_value v);
/* Of a PV_OBJECT: what was called, with what, and the last BUILD's state; unknown for others. */
struct pickle_value pickle_callee(struct pickle_value v);
struct pickle_value pickle_args(struct pickle_value v);
struct pickle_value pickle_state(struct pickle_value v);
/* Of a PV_GLOBAL; NULL for others. */
struct pickle_global *pickle_global(struct pickle_value v);
/* As Python would show it, cut after a few items and at `max` bytes. */
void pickle_print(struct buf *out, struct pickle_value v, size_t max);

/* ---- globals ---- */

enum pickle_naming {
    PICKLE_NAME_CLEAR,    /* GLOBAL, INST, or STACK_GLOBAL with constants */
    PICKLE_NAME_COMPUTED, /* made by calls while loading; module and name are what we made of it */
    PICKLE_NAME_HIDDEN,   /* cannot be told: module and name are empty */
    PICKLE_NAME_CODE,     /* an extension code; module and name if this file registers it */
};

enum pickle_use {
    PICKLE_USED_CALL = 1,   /* called with arguments */
    PICKLE_USED_NEW = 2,    /* made with __new__ (NEWOBJ, NEWOBJ_EX, OBJ and INST without items) */
    PICKLE_USED_ARG = 4,    /* an argument of some call */
    PICKLE_USED_KEPT = 8,   /* in a container, a state, or the result */
    PICKLE_USED_TARGET = 16 /* of BUILD, SETITEM, APPEND: it is changed itself */
};

struct pickle_global {
    struct slice module, name; /* as the stream spells them */
    enum pickle_naming naming;
    unsigned uses;          /* enum pickle_use, so far */
    const char *opcode;     /* "GLOBAL", "STACK_GLOBAL", "INST", "EXT1", ... */
    uint64_t offset, index; /* of its first import: in the layer, and in opcodes */
    uint64_t count;         /* imports */
    uint32_t extension;     /* code, for PICKLE_NAME_CODE */
    unsigned protocol;      /* in force at the import */
    const void *note;       /* for the sink: what it looked up at the first call, */
    uint8_t told[4];        /* and what it said already; both are NULL and 0 at first */
    bool noted;
};

/* ---- telling ---- */

enum pickle_act {
    PICKLE_IMPORT, /* told once per global, when its stream has ended: `uses` is complete */
    PICKLE_CALL,   /* callee(*args, **kwargs) */
    PICKLE_NEW,    /* callee.__new__(callee, *args, **kwargs): no __init__ */
    PICKLE_BUILD,  /* state into `callee`: __setstate__, or attributes; see `target` */
    PICKLE_FILL,   /* append, add or __setitem__ on something that is no list, dict or set */
};

struct pickle_call { /* EV_CALL; ev->offset is where the opcode stands in the layer */
    enum pickle_act act;
    const char *opcode;
    uint64_t index;             /* opcodes before it in its stream */
    struct pickle_value callee; /* what is called, built or filled */
    struct pickle_global
        *global;                /* callee, or for BUILD and FILL of an object its class; or NULL */
    struct pickle_value args;   /* a tuple; the state of BUILD; the items of FILL */
    struct pickle_value kwargs; /* NEWOBJ_EX; else unknown */
    bool instance;              /* BUILD and FILL change an object of `global`, not itself */
};

/* ---- running ---- */

struct pickle_options {
    void *ctx;
    /* Persistent ids are expected: false for one that the loader of this format would not take.
     * NULL: none are (every one is an anomaly). *ret is what the loader gives for it; set it when
     * that is a value of the stream itself. */
    bool (*on_persid)(void *ctx, struct pickle_value id, uint64_t offset, struct pickle_value *ret);
    /* Every call, before it is told; may be NULL. */
    void (*on_call)(void *ctx, const struct pickle_call *call, uint64_t offset);
    /* After a BUILD: the format may put raw bytes here, which it skips. May be NULL. */
    enum st (*on_built)(void *ctx, struct reading *r, struct cursor *c,
                        const struct pickle_call *built);
    bool nested; /* this stream lies within another one's opcodes: its imports are told all the
                    same, its format is not */
};

struct pickle_summary {
    uint64_t start, end; /* in the layer; end is behind the STOP, or where the stream broke */
    uint64_t opcodes;
    unsigned protocol;          /* highest that was declared, or needed by an opcode */
    size_t globals;             /* distinct ones */
    struct pickle_value result; /* what STOP returned */
    uint64_t left;              /* values left on the stack at STOP: an honest stream leaves none */
    bool pushed;                /* nested members were pushed: keep the arena */
    bool calls;                 /* something was called, made or built */
    const char *framework;      /* that the imports speak of; NULL: none */
};

/* One stream from the cursor's place up to its STOP. The cursor must be over the current layer's
 * bytes from their beginning. ST_OK: STOP was reached, and the cursor stands behind it.
 * ST_MALFORMED, ST_TRUNCATED, ST_LIMIT: told already; do not tell again. */
MUST_USE enum st pickle_run(struct reading *r, struct cursor *c, const struct pickle_options *opt,
                            struct pickle_summary *ret);

/* The reader of FMT_PICKLE: stacked streams, joblib's arrays between opcodes, what follows. */
MUST_USE enum st pickle_read(struct reading *r);

/* Could the unpickler run at least the beginning of this? Any protocol, any name; never true for
 * text, tables, images. A stream that breaks after an import or call still counts. */
bool pickle_plausible(struct slice bytes);
/* The same for a file whose name says that it is a pickle: less is needed. */
bool pickle_promised(struct slice bytes);
