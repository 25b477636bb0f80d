/* SPDX-License-Identifier: Apache-2.0 */
/* html_assets.h - html.css and html.js, embedded by tools/embed.py. They stand in the page byte for
 * byte, so that the digests below fit its content security policy. */
#pragma once
#include <stddef.h>

extern const unsigned char html_css[], html_js[];
extern const size_t html_css_size, html_js_size;
extern const char html_css_sha256[], html_js_sha256[]; /* base64 */
