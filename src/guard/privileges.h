/* SPDX-License-Identifier: Apache-2.0 */
/* privileges.h - what a process that talks to strangers does not need.
 * Owns: nothing.   Threads: before any is started; they inherit it.
 * Fails: never; what the kernel does not know cannot be given up. */
#pragma once

/* No capability any more, and no program that is started can bring one back. Ports below 1024 must
 * be bound before. */
void privileges_drop(void);
/* As many descriptors as the system lets this process have. */
void privileges_files(void);
