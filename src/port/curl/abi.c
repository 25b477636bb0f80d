/* SPDX-License-Identifier: Apache-2.0 */
#include "port/curl/abi.h"
#include <dlfcn.h>
#include <string.h>

#define ENTRY(name)                                    \
    {                                                  \
        "curl_" #name, offsetof(struct curl_api, name) \
    }

static const struct {
    const char *name;
    size_t at;
} entries[] = {
    ENTRY(global_init),  ENTRY(easy_init),        ENTRY(easy_setopt),         ENTRY(easy_getinfo),
    ENTRY(easy_cleanup), ENTRY(easy_strerror),    ENTRY(slist_append),        ENTRY(slist_free_all),
    ENTRY(multi_init),   ENTRY(multi_add_handle), ENTRY(multi_remove_handle), ENTRY(multi_perform),
    ENTRY(multi_poll),   ENTRY(multi_info_read),  ENTRY(multi_cleanup),
};

bool curl_api_load(struct curl_api *ret)
{
    static const char *const names[] = {"libcurl.so.4", "libcurl-gnutls.so.4"};
    void *lib = NULL;
    for (size_t i = 0; !lib && i < sizeof names / sizeof names[0]; i++)
        lib = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
    if (!lib) return false;
    for (size_t i = 0; i < sizeof entries / sizeof entries[0]; i++) {
        void *f = dlsym(lib, entries[i].name);
        if (!f) return false;
        memcpy((char *)ret + entries[i].at, &f, sizeof f);
    }
    return ret->global_init(CURL_GLOBAL_ALL_) == CURLE_OK_;
}
