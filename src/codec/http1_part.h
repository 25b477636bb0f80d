/* SPDX-License-Identifier: Apache-2.0 */
/* http1_part.h - between the files of the HTTP/1.1 codec. */
#pragma once
#include "codec/http1.h"

bool http1_token_byte(uint8_t c); /* tchar of RFC 9110, 5.6.2 */
bool http1_token(struct slice s); /* at least one byte */

/* All field lines, without the empty one behind them, into ret->fields. */
enum http1_fault http1_fields(struct slice lines, struct http1_head *ret);
/* Lines of a trailer section: as fields, and none that frames, routes or authorises. */
enum http1_fault http1_trailer_fields(struct slice lines);
/* What the fields say about body and connection (http1_frame.c). */
enum http1_fault http1_frame_request(struct http1_head *h);
enum http1_fault http1_frame_answer(struct http1_head *h, bool to_head);
/* Splits the target (http1_target.c). */
enum http1_fault http1_target(struct slice target, struct http1_head *ret);
bool http1_host_ok(struct slice host);
