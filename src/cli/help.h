/* SPDX-License-Identifier: Apache-2.0 */
/* help.h - texts made from the option table.
 * Owns: nothing.   Threads: pure.   Fails: the buffer's sticky flag. */
#pragma once
#include "cli/options.h"

void help_overview(struct buf *out, bool colour);
void help_command(struct buf *out, const struct command *c, bool colour);
void help_group(struct buf *out, struct slice group, bool colour);
/* roff: of one command, or merlon(1) when c is NULL */
void man_page(struct buf *out, const struct command *c);
/* "bash", "zsh" or "fish"; false for another shell */
bool completion_script(struct buf *out, struct slice shell);
