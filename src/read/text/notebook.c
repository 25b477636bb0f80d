/* SPDX-License-Identifier: Apache-2.0 */
#include "read/text/text.h"

enum st notebook_read(struct reading *r)
{
    tell_format(r, FMT_NOTEBOOK, NULL);
    return json_read(r);
}
