/* SPDX-License-Identifier: Apache-2.0 */
/* filter.h - the system calls that a parser needs, and no others (make_filter.c, libseccomp).
 * Fails: false when the kernel refuses; anything not on the list kills the process. */
#pragma once
#include <stdbool.h>

bool filter_parser(void);
/* For a child that reads files with a library: everything but starting programs, sockets and
 * touching other processes. */
bool filter_reader(void);
/* For the gateway: sockets of the Internet, files, threads. Anything else is not there (ENOSYS),
 * and what only an intruder would try kills. */
bool filter_gateway(void);
/* For a process that downloads: it starts no programs and touches no other processes. */
bool filter_downloader(void);
