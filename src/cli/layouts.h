/* SPDX-License-Identifier: Apache-2.0 */
/* layouts.h - `merlon verify --layout PATH`: no signature, but records that a store left behind.
 * Why: a folder that was downloaded or is tracked says itself what its files should be; nobody
 * needs a key or the network to ask whether they still are. What this proves ends there: whoever
 * can write the records can write what they like, and every answer says so. Owns: nothing. Threads:
 * one owner.   Fails: says it on stderr. */
#pragma once
#include "cli/cli.h"

/* The exit code: 0 all that was recorded and could be compared is as recorded; 1 it is not, or
 * nothing could be compared; 2 trouble; 3 there is no record. */
int layouts_verify(struct cli *c, struct slice path);
