/* SPDX-License-Identifier: Apache-2.0 */
/* text_hidden.c - characters that people cannot see and models can, in the texts of a model. What
 * is honest is known to detect/data/hidden.h; here is what it means in a template or in metadata.
 */
#include "base/utf8.h"
#include "detect/data/hidden.h"
#include "detect/text.h"

static void on_hidden(void *ctx, const struct hidden *h)
{
    const struct text_in *in = ctx;
    struct buf b;
    if (h->kind == HIDDEN_LOOKALIKE || h->severity < SEV_MEDIUM) return;
    bool says = h->kind != HIDDEN_BIDI && h->severity == SEV_HIGH;
    enum severity s = says ? SEV_HIGH : SEV_MEDIUM;
    buf_init(&b, 4096);
    if (h->says.n) {
        buf_str(&b, "says: ");
        esc_tty(&b, h->says);
    } else {
        size_t n = h->to - h->from;
        esc_tty(&b, slice_sub(in->ev->text.text, h->from, n > 60 ? 60 : n));
    }
    text_report(in, "model.hidden-text", s, h->from, hidden_message(h->kind), buf_slice(&b));
    buf_done(&b);
}

void text_hidden(const struct text_in *in)
{
    struct hidden_scan h;
    bool strict = in->ev->text.role == TEXT_TEMPLATE || in->ev->text.role == TEXT_CODE;
    hidden_begin(&h, in->ev->text.text, strict, on_hidden, (void *)in);
    hidden_range(&h, 0, in->ev->text.text.n);
    hidden_end(&h);
}
