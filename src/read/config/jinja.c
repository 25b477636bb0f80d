/* SPDX-License-Identifier: Apache-2.0 */
#include "read/config/jinja.h"

enum st jinja_read(struct reading *r)
{
    tell_format(r, FMT_JINJA, NULL);
    tell_text(r, TEXT_TEMPLATE, S("template"), r->layer->bytes, 0, 1);
    return ST_OK;
}
