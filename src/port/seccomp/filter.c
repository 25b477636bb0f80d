/* SPDX-License-Identifier: Apache-2.0 */
/* filter.c - hands a finished program to the kernel; what it allows stands in make_filter.c. */
#include "port/seccomp/filter.h"
#include "port/seccomp/programs.h"
#include <linux/seccomp.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

/* For all threads of the process, or for none. */
static bool install(const struct sock_filter *program, unsigned short length)
{
    struct sock_fprog p = {.len = length, .filter = (struct sock_filter *)(uintptr_t)program};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &p) == 0;
}

bool filter_parser(void)
{
    return install(filter_parser_program, filter_parser_length);
}

bool filter_reader(void)
{
    return install(filter_reader_program, filter_reader_length);
}

bool filter_gateway(void)
{
    return install(filter_gateway_program, filter_gateway_length);
}

bool filter_downloader(void)
{
    return install(filter_downloader_program, filter_downloader_length);
}
