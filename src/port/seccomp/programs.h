/* SPDX-License-Identifier: Apache-2.0 */
/* programs.h - what make_filter.c writes, for filter.c: programs of the kernel's packet filter. */
#pragma once
#include <linux/filter.h>

extern const struct sock_filter filter_parser_program[], filter_reader_program[],
    filter_downloader_program[], filter_gateway_program[];
extern const unsigned short filter_parser_length, filter_reader_length, filter_downloader_length,
    filter_gateway_length;
