/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/thrift.h"

#define DEPTH_MAX 32

static int64_t zigzag(uint64_t v)
{
    return (int64_t)(v >> 1) ^ -(int64_t)(v & 1);
}

bool thrift_next(struct thrift *t, struct thrift_field *f)
{
    uint8_t head = cur_u8(&t->c);
    f->type = head & 15;
    if (!cur_ok(&t->c) || f->type == THRIFT_STOP) return false;
    int64_t id = head >> 4 ? f->id + (head >> 4) : zigzag(cur_varint(&t->c));
    if (id < INT16_MIN || id > INT16_MAX || f->type > THRIFT_UUID) t->c.bad = true;
    f->id = (int32_t)id;
    return cur_ok(&t->c);
}

bool thrift_bool(struct thrift *t, const struct thrift_field *f)
{
    if (f->type != THRIFT_TRUE && f->type != THRIFT_FALSE) t->c.bad = true;
    return f->type == THRIFT_TRUE;
}

int64_t thrift_int(struct thrift *t, const struct thrift_field *f)
{
    if (f->type == THRIFT_BYTE) return (int8_t)cur_u8(&t->c);
    if (f->type < THRIFT_I16 || f->type > THRIFT_I64) t->c.bad = true;
    return zigzag(cur_varint(&t->c));
}

struct slice thrift_binary(struct thrift *t, const struct thrift_field *f)
{
    if (f->type != THRIFT_BINARY) t->c.bad = true;
    return cur_bytes(&t->c, cur_varint(&t->c));
}

static uint64_t list_head(struct thrift *t, uint8_t *ret_type)
{
    uint8_t head = cur_u8(&t->c);
    uint64_t n = head >> 4 == 15 ? cur_varint(&t->c) : head >> 4;
    *ret_type = head & 15;
    if (n > cur_left(&t->c) || *ret_type > THRIFT_UUID) t->c.bad = true;
    return cur_ok(&t->c) ? n : 0;
}

uint64_t thrift_list(struct thrift *t, const struct thrift_field *f, uint8_t *ret_type)
{
    if (f->type != THRIFT_LIST && f->type != THRIFT_SET) t->c.bad = true;
    return list_head(t, ret_type);
}

bool thrift_struct(struct thrift *t, const struct thrift_field *f)
{
    if (f->type != THRIFT_STRUCT) t->c.bad = true;
    return cur_ok(&t->c);
}

/* What is open while a value is skipped. */
struct open {
    bool fields;              /* a struct; else elements follow */
    uint64_t left;            /* elements */
    uint8_t type, other;      /* of the elements; of a map's keys and values in turn */
    struct thrift_field last; /* of a struct */
};

static void skip_scalar(struct thrift *t, uint8_t type, bool in_struct)
{
    switch (type) {
    case THRIFT_TRUE:
    case THRIFT_FALSE: /* a field's type says it all */
        if (!in_struct) cur_skip(&t->c, 1);
        break;
    case THRIFT_BYTE: cur_skip(&t->c, 1); break;
    case THRIFT_I16:
    case THRIFT_I32:
    case THRIFT_I64: (void)cur_varint(&t->c); break;
    case THRIFT_DOUBLE: cur_skip(&t->c, 8); break;
    case THRIFT_BINARY: cur_skip(&t->c, cur_varint(&t->c)); break;
    case THRIFT_UUID: cur_skip(&t->c, 16); break;
    default: t->c.bad = true;
    }
}

static void open_map(struct thrift *t, struct open *o)
{
    uint64_t n = cur_varint(&t->c);
    uint8_t types = n ? cur_u8(&t->c) : 0;
    if (n > cur_left(&t->c)) t->c.bad = true;
    *o = (struct open){.left = 2 * n, .type = types >> 4, .other = types & 15};
}

/* One value: a scalar is passed, anything else is opened. */
static void enter(struct thrift *t, uint8_t type, bool in_struct, struct open *stack, size_t *depth)
{
    bool nested = type >= THRIFT_LIST && type <= THRIFT_STRUCT;
    if (!nested) {
        skip_scalar(t, type, in_struct);
        return;
    }
    if (*depth == DEPTH_MAX) {
        t->c.bad = true;
        return;
    }
    struct open *o = &stack[(*depth)++];
    *o = (struct open){.fields = type == THRIFT_STRUCT};
    if (type == THRIFT_MAP) {
        open_map(t, o);
    } else if (type != THRIFT_STRUCT) {
        o->left = list_head(t, &o->type);
        o->other = o->type;
    }
}

void thrift_skip(struct thrift *t, uint8_t type)
{
    struct open stack[DEPTH_MAX];
    size_t depth = 0;
    enter(t, type, true, stack, &depth);
    while (depth && cur_ok(&t->c)) {
        struct open *o = &stack[depth - 1];
        if (o->fields ? !thrift_next(t, &o->last) : !o->left) {
            depth--;
        } else if (o->fields) {
            enter(t, o->last.type, true, stack, &depth);
        } else {
            uint8_t element = o->type;
            o->type = o->other;
            o->other = element;
            o->left--;
            enter(t, element, false, stack, &depth);
        }
    }
}
