/* SPDX-License-Identifier: Apache-2.0 */
/* sniff_protobuf.c - protobuf messages that are models. A message has no magic number, but only
 * fields of its own type: the top level is walked to its end, which skips over all weights. */
#include "base/cursor.h"
#include "read/sniff_shapes.h"

#define FIELDS_MOST  4096
#define FIELD_BIT(n) (1u << (n))

struct message_shape {
    uint32_t varints, blobs; /* numbers of the fields of these wire types */
    uint32_t needed;
};

/* ModelProto: ir_version 1, producer 2 3, domain 4, model_version 5, doc 6, graph 7, opset 8,
 * metadata 14, training 20, functions 25 */
static const struct message_shape onnx = {
    .varints = FIELD_BIT(1) | FIELD_BIT(5),
    .blobs = FIELD_BIT(2) | FIELD_BIT(3) | FIELD_BIT(4) | FIELD_BIT(6) | FIELD_BIT(7) |
             FIELD_BIT(8) | FIELD_BIT(14) | FIELD_BIT(20) | FIELD_BIT(25) | FIELD_BIT(26),
    .needed = FIELD_BIT(1) | FIELD_BIT(7) | FIELD_BIT(8),
};

/* SavedModel: saved_model_schema_version 1, meta_graphs 2 */
static const struct message_shape savedmodel = {
    .varints = FIELD_BIT(1),
    .blobs = FIELD_BIT(2),
    .needed = FIELD_BIT(1) | FIELD_BIT(2),
};

static bool walk(struct slice bytes, const struct message_shape *shape)
{
    struct cursor c = cur_of(bytes);
    uint32_t seen = 0;
    for (unsigned i = 0; i < FIELDS_MOST && cur_left(&c); i++) {
        uint64_t tag = cur_varint(&c), field = tag >> 3;
        if (!field || field > 31) return false;
        uint32_t bit = FIELD_BIT(field);
        if ((tag & 7) == 0 && shape->varints & bit)
            (void)cur_varint(&c);
        else if ((tag & 7) == 2 && shape->blobs & bit)
            cur_skip(&c, cur_varint(&c));
        else
            return false;
        if (!cur_ok(&c)) return false;
        seen |= bit;
    }
    return (seen & shape->needed) == shape->needed && !cur_left(&c);
}

bool shape_onnx(const struct shape_input *in)
{
    return in->bytes.n && in->bytes.p[0] == 0x08 && walk(in->bytes, &onnx);
}

bool shape_savedmodel(const struct shape_input *in)
{
    return slice_starts(in->bytes, S("\x08\x01\x12")) && walk(in->bytes, &savedmodel);
}
