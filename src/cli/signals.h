/* SPDX-License-Identifier: Apache-2.0 */
/* signals.h - ending early without leaving a mess.
 * Why: Ctrl-C ends at once with 128 + signal, the progress line is wiped, and no report is half
 * written: files are written to a temporary name with signals held back.
 * Owns: the process's signal handlers.   Threads: the main one.   Fails: never. */
#pragma once
#include <stdbool.h>

void signals_init(void);           /* also: a reader that went away is a write error, not a death */
void signals_progress(bool shown); /* a progress line stands on the terminal */
void signals_hold(bool hold);
