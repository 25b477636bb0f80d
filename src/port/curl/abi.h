/* SPDX-License-Identifier: Apache-2.0 */
/* abi.h - the part of libcurl's interface (soname 4, from 7.66 on) that is used, found with dlopen.
 * Why: its cost is paid only by who downloads, and the build needs no headers of it.
 * Owns: the library stays loaded.   Threads: one.   Fails: false when it is not installed. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

enum {
    CURL_GLOBAL_ALL_ = 3,
    CURL_PROTOCOLS_HTTP = 1 | 2, /* http, https */
    CURL_SOCKET_REFUSED = -1,
    CURL_MSG_DONE = 1,

    CURL_LONG = 0,
    CURL_POINTER = 10000,
    CURL_FUNCTION = 20000,
    CURLO_WRITEDATA = CURL_POINTER + 1,
    CURLO_URL = CURL_POINTER + 2,
    CURLO_RANGE = CURL_POINTER + 7,
    CURLO_USERAGENT = CURL_POINTER + 18,
    CURLO_LOW_SPEED_LIMIT = CURL_LONG + 19,
    CURLO_LOW_SPEED_TIME = CURL_LONG + 20,
    CURLO_HTTPHEADER = CURL_POINTER + 23,
    CURLO_HEADERDATA = CURL_POINTER + 29,
    CURLO_CAINFO = CURL_POINTER + 65,
    CURLO_FRESH_CONNECT = CURL_LONG + 74,
    CURLO_CONNECTTIMEOUT = CURL_LONG + 78,
    CURLO_NOSIGNAL = CURL_LONG + 99,
    CURLO_PRIVATE = CURL_POINTER + 103,
    CURLO_BUFFERSIZE = CURL_LONG + 98,
    CURLO_OPENSOCKETDATA = CURL_POINTER + 164,
    CURLO_PROTOCOLS = CURL_LONG + 181,
    CURLO_SUPPRESS_CONNECT_HEADERS = CURL_LONG + 265,
    CURLO_WRITEFUNCTION = CURL_FUNCTION + 11,
    CURLO_HEADERFUNCTION = CURL_FUNCTION + 79,
    CURLO_OPENSOCKETFUNCTION = CURL_FUNCTION + 163,

    CURLI_RESPONSE_CODE = 0x200000 + 2,
    CURLI_PRIVATE = 0x100000 + 21,
    CURLI_REDIRECT_URL = 0x100000 + 31,

    CURLE_OK_ = 0,
    CURLE_UNSUPPORTED_PROTOCOL_ = 1,
    CURLE_URL_MALFORMAT_ = 3,
    CURLE_SSL_CONNECT_ERROR_ = 35,
    CURLE_PEER_FAILED_ = 60,
    CURLE_SSL_CACERT_BADFILE_ = 77,
};

struct curl_address { /* struct curl_sockaddr */
    int family, socktype, protocol;
    unsigned length;
    struct sockaddr address; /* the head of it: `length` bytes are there */
};

struct curl_message { /* struct CURLMsg */
    int kind;
    void *easy;
    union {
        void *whatever;
        int result;
    } data;
};

struct curl_api {
    int (*global_init)(long flags);
    void *(*easy_init)(void);
    int (*easy_setopt)(void *easy, int option, ...);
    int (*easy_getinfo)(void *easy, int info, ...);
    void (*easy_cleanup)(void *easy);
    const char *(*easy_strerror)(int code);
    void *(*slist_append)(void *list, const char *text);
    void (*slist_free_all)(void *list);
    void *(*multi_init)(void);
    int (*multi_add_handle)(void *multi, void *easy);
    int (*multi_remove_handle)(void *multi, void *easy);
    int (*multi_perform)(void *multi, int *running);
    int (*multi_poll)(void *multi, void *fds, unsigned count, int timeout_ms, int *ret_count);
    struct curl_message *(*multi_info_read)(void *multi, int *left);
    int (*multi_cleanup)(void *multi);
};

bool curl_api_load(struct curl_api *ret);
