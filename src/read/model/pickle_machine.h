/* SPDX-License-Identifier: Apache-2.0 */
/* pickle_machine.h - the unpickler's registers, shared by the files of the machine.
 *
 *     pickle_run.c     fetch, decode, the table of opcodes
 *     pickle_data.c    opcodes that make and fill values
 *     pickle_call.c    opcodes that import, call and build, and what is told about them
 *     pickle_fold.c    what well-known pure functions return for constants
 *     pickle_text.c    numbers and escapes as Python reads them
 *     pickle_memory.c  stack, marks and memo
 *     pickle_nested.c  streams and archives inside strings
 *     pickle_value.c   values
 *
 * Adding an opcode? Its row in pickle_run.c, its function beside its kin.
 * Owns: arena memory only.   Threads: one owner. */
#pragma once
#include "base/map.h"
#include "read/model/pickle_value.h"

struct machine;

/* A paged array: no copy when it grows, no waste when it is small. */
struct pages {
    struct pickle_value **dir;
    uint64_t dir_room;
};
#define PAGE_VALUES 512u

/* The operand of an opcode, decoded. */
struct operand {
    uint64_t n;
    struct slice s, t; /* the line or string; the second line */
};

enum operand_kind {
    ARG_NONE,
    ARG_U1,
    ARG_U2,
    ARG_U4,
    ARG_U8,
    ARG_LINE,
    ARG_LINES, /* two of them */
    ARG_STR1,  /* a length of 1, 4 or 8 bytes, and as many bytes */
    ARG_STR4,
    ARG_STR4_SIGNED,
    ARG_STR8,
    ARG_RAW8, /* 8 bytes */
};

struct opcode {
    const char *name;
    enum operand_kind operand;
    unsigned protocol; /* in which it came */
    enum st (*run)(struct machine *m, const struct operand *a);
};

struct extension { /* a row of copyreg's registry, which outlives a stream */
    struct extension *next;
    int64_t code;
    struct pickle_value module, name;
};

struct imported { /* a global as the machine keeps it */
    struct pickle_global global;
    struct imported *next;
    struct pickle_value value, instance; /* the shared object of many equal ones */
    uint64_t objects;
};

struct session { /* what streams of one file share */
    struct extension *extensions;
};

struct machine {
    struct reading *r;
    struct cursor *c;
    const struct pickle_options *opt;
    struct pickle_summary *sum;
    struct session *session;
    struct pickle_heap heap;

    struct pages stack, marks;
    uint64_t depth, mark_count, fence;

    struct pages memo;
    struct map memo_far; /* indexes far beyond the number of entries */
    uint64_t memo_count;

    struct map imports;
    struct imported *first, **last;

    const struct opcode *op; /* the one being run, and where it stands */
    uint64_t at;
    unsigned protocol;               /* as PROTO says */
    uint64_t frame_start, frame_end; /* of the current frame; 0: none */
    uint64_t fold_budget;            /* bytes that folding may still make */
    uint64_t released;               /* layer bytes given back */
    bool told_expansion, told_depth, told_memo, told_number, told_frame, stopped;
};

/* Why the stream breaks here, in the words of whoever debugs it. Gives ST_MALFORMED. */
enum st vm_broke(struct machine *m, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* ST_NOMEM when v has no bits. */
enum st vm_push(struct machine *m, struct pickle_value v);
enum st vm_pop(struct machine *m, struct pickle_value *ret);
enum st vm_top(struct machine *m, struct pickle_value *ret);
enum st vm_push_mark(struct machine *m);
/* Where the newest mark lies; it is taken away, the values above it stay. */
enum st vm_pop_mark(struct machine *m, uint64_t *ret_from);
void vm_drop_mark(struct machine *m);
struct pickle_value vm_at(const struct machine *m, uint64_t i);
/* All values from `from` on become items of v and leave the stack. */
enum st vm_move(struct machine *m, uint64_t from, struct pickle_value v);
enum st vm_memo_put(struct machine *m, uint64_t index);
enum st vm_memo_get(struct machine *m, uint64_t index);

/* Every global that was imported, with its uses. */
void vm_tell_imports(struct machine *m);
/* A reference to a global was put away. */
void vm_note_use(struct pickle_value v, enum pickle_use use);
/* Append, add or set on something that is none of ours. */
enum st vm_tell_fill(struct machine *m, struct pickle_value target, struct pickle_value items);

/* The result of calling with constants, or a value of 0 bits when it is not one of the functions
 * that we know. */
struct pickle_value vm_fold(struct machine *m, struct pickle_value callee,
                            struct pickle_value args);

/* Numbers as Python's int(text, 0) and strtol(text, 0) read them. */
bool vm_parse_int(struct machine *m, struct slice text, bool c_octal, struct pickle_value *ret,
                  bool *ret_odd);
bool vm_parse_float(struct slice text, double *ret);
/* 'text\n' with escapes; quotes already gone. p == NULL: out of memory; *ret_ok: no bad escape. */
struct slice vm_unescape_string(struct machine *m, struct slice s, bool *ret_ok);
struct slice vm_unescape_unicode(struct machine *m, struct slice s, bool *ret_ok);

/* Push what lies inside the strings of v as members of this layer. */
enum st vm_look_inside(struct machine *m, struct pickle_value v);

/* NULL: no opcode. */
const struct opcode *pickle_opcode(uint8_t code);
/* False: the bytes end first. A negative length gives n > INT64_MAX. */
bool pickle_operand(struct cursor *c, enum operand_kind kind, size_t line, struct operand *ret);

enum st pickle_run_in(struct session *session, struct reading *r, struct cursor *c,
                      const struct pickle_options *opt, struct pickle_summary *ret);
