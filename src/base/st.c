/* SPDX-License-Identifier: Apache-2.0 */
#include "base/st.h"

const char *st_text(enum st st)
{
    switch (st) {
    case ST_OK: return "ok";
    case ST_TRUNCATED: return "truncated";
    case ST_MALFORMED: return "malformed";
    case ST_LIMIT: return "over a limit";
    case ST_UNSUPPORTED: return "unsupported";
    case ST_IO: return "input/output error";
    case ST_NOMEM: return "out of memory";
    case ST_BUG: break;
    }
    return "internal error";
}
