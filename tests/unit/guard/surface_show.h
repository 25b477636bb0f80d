/* SPDX-License-Identifier: Apache-2.0 */
/* surface_show.h - parts as lines of text, for golden files and for comparing:
 *
 *     user text messages[1].content = "Hi"
 *     assistant tool_call grows json flow 0.-.1 choices[0]... = "{\"to\":"
 *     -- ends output 0.-.-
 */
#pragma once
#include "base/buf.h"
#include "base/utf8.h"
#include "guard/surface/surface.h"

static inline void show_index(struct buf *out, uint16_t index)
{
    if (index == PART_FLOW_NONE)
        buf_byte(out, '-');
    else
        buf_printf(out, "%u", index);
}

static inline void show_flow(struct buf *out, struct part_flow f)
{
    show_index(out, f.output);
    buf_byte(out, '.');
    show_index(out, f.content);
    buf_byte(out, '.');
    show_index(out, f.call);
}

static inline bool has_flow(struct part_flow f)
{
    return f.output != PART_FLOW_NONE || f.content != PART_FLOW_NONE || f.call != PART_FLOW_NONE;
}

static inline void show_part(struct buf *out, const struct surface_doc *doc, const struct part *p,
                             struct arena *arena)
{
    static const char *const codings[] = {"",         " plain",  " number", " base64",
                                          " percent", " quoted", " fixed",  " twice"};
    buf_printf(out, "%s %s%s", part_role_name(p->role), part_channel_name(p->channel),
               codings[p->coding]);
    if (p->flags & PART_GROWS) buf_str(out, " grows");
    if (p->flags & PART_KEY) buf_str(out, " key");
    if (p->flags & PART_OPAQUE) buf_str(out, " opaque");
    if (p->flags & PART_JSON) buf_str(out, " json");
    if (has_flow(p->flow)) {
        buf_str(out, " flow ");
        show_flow(out, p->flow);
    }
    buf_byte(out, ' ');
    buf_add(out, surface_path(doc, p, PATH_ALL, arena));
    buf_str(out, " = \"");
    esc_json(out, p->text);
    buf_str(out, "\"\n");
}

static inline void show_slice(struct buf *out, const char *name, struct slice s)
{
    if (!s.p) return;
    buf_printf(out, "-- %s ", name);
    buf_add(out, s);
    buf_byte(out, '\n');
}

static inline void show_doc(struct buf *out, const struct surface_doc *doc, struct arena *arena)
{
    static const char *const levels[] = {"", "flow", "output", "all"};
    for (size_t i = 0; i < doc->part_count; i++) show_part(out, doc, &doc->parts[i], arena);
    show_slice(out, "model", doc->model);
    show_slice(out, "id", doc->id);
    show_slice(out, "created", doc->created);
    show_slice(out, "sequence", doc->sequence);
    for (size_t i = 0; i < doc->id_count; i++) show_slice(out, "asks", doc->ids[i]);
    if (doc->batch) buf_str(out, "-- batch\n");
    if (doc->stream) buf_str(out, doc->stream == SWITCH_ON ? "-- stream\n" : "-- no stream\n");
    if (doc->done) buf_str(out, doc->done == SWITCH_ON ? "-- done\n" : "-- not done\n");
    if (doc->opens) {
        buf_str(out, "-- opens ");
        show_flow(out, doc->opened);
        buf_byte(out, '\n');
    }
    for (size_t i = 0; i < doc->end_count; i++) {
        buf_printf(out, "-- ends %s ", levels[doc->ends[i].level]);
        show_flow(out, doc->ends[i].flow);
        buf_byte(out, '\n');
    }
}
