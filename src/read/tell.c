/* SPDX-License-Identifier: Apache-2.0 */
/* tell.c - the short ways for readers to send an event. */
#include "read/reading.h"
#include <stdarg.h>
#include <stdio.h>

#define DETAIL_MAX 400

const char *dtype_name(enum dtype d)
{
    static const char *const names[] = {
        [DT_BOOL] = "BOOL",
        [DT_U8] = "U8",
        [DT_I8] = "I8",
        [DT_U16] = "U16",
        [DT_I16] = "I16",
        [DT_U32] = "U32",
        [DT_I32] = "I32",
        [DT_U64] = "U64",
        [DT_I64] = "I64",
        [DT_F16] = "F16",
        [DT_BF16] = "BF16",
        [DT_F32] = "F32",
        [DT_F64] = "F64",
        [DT_F8] = "F8",
        [DT_C64] = "C64",
        [DT_C128] = "C128",
        [DT_QUANTISED] = "quantised",
    };
    return d < COUNT_OF(names) && names[d] ? names[d] : NULL;
}

struct slice block_record(struct slice piece)
{
    while (piece.n && (piece.p[piece.n - 1] == '\n' || piece.p[piece.n - 1] == '\r')) piece.n--;
    if (piece.n && piece.p[piece.n - 1] == ',') piece.n--;
    return piece;
}

void tell(const struct reading *r, const struct event *ev)
{
    if (r->emit) r->emit(r->emit_ctx, r, ev);
}

void tell_format(struct reading *r, enum format f, const char *variant)
{
    r->format = f;
    tell(r, &(struct event){.kind = EV_FORMAT, .format = {f, variant}});
}

/* Formats into text[DETAIL_MAX], cut at its end. */
__attribute__((format(printf, 2, 0))) static struct slice detail(char *text, const char *fmt,
                                                                 va_list ap)
{
    int n = vsnprintf(text, DETAIL_MAX, fmt, ap);
    if (n < 0) n = 0;
    return slice_of(text, n < DETAIL_MAX ? (size_t)n : DETAIL_MAX - 1);
}

void tell_anomaly(const struct reading *r, enum anomaly what, uint64_t offset, const char *fmt, ...)
{
    char text[DETAIL_MAX];
    va_list ap;
    va_start(ap, fmt);
    struct event ev = {
        .kind = EV_ANOMALY, .offset = offset, .anomaly = {what, detail(text, fmt, ap)}};
    va_end(ap);
    tell(r, &ev);
}

void tell_unread(const struct reading *r, enum unread why, uint64_t offset, uint64_t bytes,
                 const char *fmt, ...)
{
    char text[DETAIL_MAX];
    va_list ap;
    va_start(ap, fmt);
    struct event ev = {
        .kind = EV_UNREAD, .offset = offset, .unread = {why, bytes, detail(text, fmt, ap)}};
    va_end(ap);
    tell(r, &ev);
}

void tell_text(const struct reading *r, enum text_role role, struct slice name, struct slice text,
               uint64_t offset, uint64_t line)
{
    tell(r, &(struct event){
                .kind = EV_TEXT, .offset = offset, .line = line, .text = {role, name, text}});
}

void tell_card(const struct reading *r, enum card key, struct slice text)
{
    tell(r, &(struct event){.kind = EV_CARD, .card = {key, text, 0}});
}

void tell_licence(const struct reading *r, struct slice text, uint64_t offset, uint64_t line)
{
    tell(r, &(struct event){
                .kind = EV_CARD, .offset = offset, .line = line, .card = {CARD_LICENCE, text, 0}});
}

void tell_card_number(const struct reading *r, enum card key, uint64_t number)
{
    tell(r, &(struct event){.kind = EV_CARD, .card = {key, {NULL, 0}, number}});
}

void tell_ref(const struct reading *r, struct slice key, struct slice target, bool remote,
              uint64_t line)
{
    tell(r, &(struct event){.kind = EV_REF, .line = line, .ref = {key, target, remote}});
}

void tell_tensor(const struct reading *r, const struct tensor *t, uint64_t offset)
{
    tell(r, &(struct event){.kind = EV_TENSOR, .offset = offset, .tensor = t});
}

void tell_blob(const struct reading *r, struct slice blob, uint64_t offset)
{
    tell(r, &(struct event){.kind = EV_BLOB, .offset = offset, .blob = blob});
}
