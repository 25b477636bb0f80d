/* SPDX-License-Identifier: Apache-2.0 */
/* banned.h - calls that do not compile here. Force-included before every file by the build.
 * Why: each of these has a bounded, re-entrant or error-reporting replacement in base/.
 * System headers come first, so that poisoning does not touch their own declarations. */
#pragma once
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>
#undef alloca
/* ctime, rand, random, signal and system are parameter names in library headers: tools/lint.sh
 * looks for their calls. clang's headers define some of these as macros; the gcc build is the one
 * that forbids */
#ifndef __clang__
#pragma GCC poison strcpy strcat strncpy strncat stpcpy sprintf vsprintf gets strtok strtok_r
#pragma GCC poison atoi atol atoll atof sscanf vsscanf gmtime localtime asctime
#pragma GCC poison tmpnam tempnam mktemp popen srand
#pragma GCC poison alloca
#endif
