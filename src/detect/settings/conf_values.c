/* SPDX-License-Identifier: Apache-2.0 */
/* conf_values.c - what a value in a configuration means. */
#include "base/ascii.h"
#include "detect/settings/conf.h"
#include "detect/data/look.h"

/* * stands for anything, \x for x itself; case does not count. Linear but for the stars. */
static bool wild(struct slice p, struct slice s)
{
    size_t i = 0, k = 0, star = SIZE_MAX, mark = 0;
    while (k < s.n) {
        bool plain = i < p.n && p.p[i] == '\\' && i + 1 < p.n;
        if (i < p.n && !plain && p.p[i] == '*') {
            star = ++i;
            mark = k;
        } else if (i < p.n && ascii_to_lower(p.p[i + plain]) == ascii_to_lower(s.p[k])) {
            i += 1 + (size_t)plain;
            k++;
        } else if (star != SIZE_MAX) {
            i = star;
            k = ++mark;
        } else {
            return false;
        }
    }
    while (i < p.n && p.p[i] == '*') i++;
    return i == p.n;
}

#define VALUE_MAX 2000u

bool conf_fits(struct slice pattern, struct slice value)
{
    bool negated = slice_starts(pattern, S("!")), fits = false;
    struct slice rest = slice_sub(pattern, negated, pattern.n), one;
    if (!rest.n) return !negated;
    value = slice_sub(value, 0, VALUE_MAX);
    while (!fits && slice_split(&rest, '|', &one)) {
        bool range = slice_ends(one, S("[0-9]*")); /* v1, v2.0 */
        struct slice head = slice_sub(one, 0, one.n - (range ? 6 : 0));
        if (range)
            fits = slice_starts(value, head) && value.n > head.n && ascii_digit(value.p[head.n]);
        else
            fits = wild(one, value);
    }
    return fits != negated;
}

bool conf_true(struct slice value)
{
    return conf_fits(S("true|yes|on|1|enabled"), value);
}

bool conf_false(struct slice value)
{
    return conf_fits(S("false|no|off|0|disabled"), value);
}

static struct slice without_scheme(struct slice s)
{
    size_t at = slice_find(s, S("://"));
    return at == SIZE_MAX ? s : slice_sub(s, at + 3, s.n);
}

bool conf_all_hosts(struct slice value)
{
    struct slice s = without_scheme(slice_trim(value));
    size_t slash = slice_find_byte(s, '/');
    s = slice_sub(s, 0, slash);
    return conf_fits(S("0.0.0.0|0.0.0.0:*|::|[::]|[::]:*|\\*|\\*:*|0"), s);
}

bool conf_loopback_url(struct slice url)
{
    struct slice s = without_scheme(url);
    size_t user = slice_find_byte(slice_sub(s, 0, slice_find_byte(s, '/')), '@');
    if (user != SIZE_MAX) s = slice_sub(s, user + 1, s.n);
    struct slice host = slice_sub(s, 0, slice_find_byte(s, '/'));
    if (slice_starts(host, S("["))) return slice_starts(host, S("[::1]"));
    host = slice_sub(host, 0, slice_find_byte(host, ':'));
    return conf_fits(S("localhost|127.*|::1|0.0.0.0|host.docker.internal|*.localhost|\\$HOSTNAME"),
                     host);
}

bool conf_is_commit(struct slice value)
{
    size_t n = 0;
    while (n < value.n && ascii_is_hex(value.p[value.n - 1 - n])) n++;
    return n == value.n && (n == 40 || n == 64);
}

bool conf_is_open(struct slice value)
{
    static const char *const parts[] = {"${",     "$(",       "{{",        "<",
                                        "vault:", "secret:",  "xxxx",      "****",
                                        "...",    "changeme", "change-me", "change_me",
                                        "your-",  "your_",    "example",   "placeholder",
                                        "dummy",  "replace",  "todo",      "ref+",
                                        "arn:",   "!ref",     "op://",     "secretkeyref"};
    struct slice s = slice_trim(value);
    if (!s.n || s.p[0] == '$' || s.p[0] == '%' || s.p[0] == '@') return true;
    for (size_t i = 0; i < COUNT_OF(parts); i++)
        if (slice_has_nocase(s, slice_str(parts[i]))) return true;
    return false;
}

bool conf_secret_name(struct slice name)
{
    static const char *const not_one =
        "*file|*path|*_dir|*url|*_uri|*name|*_id|*tokens|*_length|*_limit|*type|*enabled|*expir*|"
        "*tokenizer*|*_ttl|*_env|*_var|*public*|*_arn|*policy*|*_count|*max_token*|*_ref|*keyring*|"
        "*_cmd|*secretname|*secret_name|*version*|*mount*|*_host|*_port|*_user|*token_type*";
    if (conf_fits(slice_str(not_one), name)) return false;
    return conf_fits(S("*password|*passwd|*passphrase|*secret|*token|*api_key|*apikey|*api-key|"
                       "*access_key|*secret_key|*private_key|*_key_base|*auth_key|*credential|"
                       "*credentials|*connection_string|*secret*key*|*_pat"),
                     name);
}

/* Bits per byte, times ten; of 256 bytes at most. */
static unsigned entropy10(struct slice s)
{
    static const uint8_t log2x10[] = {0,  0,  10, 16, 20, 23, 26, 28, 30, 32, 33,
                                      35, 36, 37, 38, 39, 40, 41, 42, 42, 43};
    unsigned seen[256] = {0}, distinct = 0;
    for (size_t i = 0; i < s.n && i < 256; i++) distinct += seen[s.p[i]]++ == 0;
    return log2x10[distinct < COUNT_OF(log2x10) ? distinct : COUNT_OF(log2x10) - 1];
}

static bool is_word(struct slice s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!ascii_lower(ascii_to_lower(s.p[i])) && s.p[i] != '-' && s.p[i] != '_') return false;
    return true;
}

/* settings.API_KEY, os.environ['X'], secrets.token_hex(32): an expression, not a value. */
static bool is_expression(struct slice s)
{
    size_t i = 0, dots = 0;
    for (; i < s.n && (ascii_letter(s.p[i]) || s.p[i] == '_' || s.p[i] == '.'); i++)
        dots += s.p[i] == '.' && i > 0;
    if (!i || s.p[i - 1] == '.') return false;
    if (i == s.n) return dots > 0;
    return (s.p[i] == '(' && s.p[s.n - 1] == ')') || (s.p[i] == '[' && s.p[s.n - 1] == ']');
}

bool conf_secret_value(struct slice value)
{
    struct slice s = slice_trim(value);
    if (conf_is_open(s) || s.n < 6 || s.n > 300 || is_expression(s)) return false;
    if (slice_find_byte(s, ' ') != SIZE_MAX || slice_find(s, S("://")) != SIZE_MAX) return false;
    if (conf_fits(S("true|false|none|null|/*|./*|~*|*.txt|*.json|*.pem|*.key|*.yaml|*.yml"), s))
        return false;
    if (conf_fits(S("secret*|password*|passw0rd*|postgres*|admin*|test*|minio*|airflow*|mlflow*"),
                  s))
        return true; /* everyone's guess: a login, if a weak one */
    return !is_word(s) && entropy10(s) >= 28;
}

/* ---- what the text engine says ---- */

static void note_hit(void *ctx, const struct look_hit *hit)
{
    (void)hit;
    *(bool *)ctx = true;
}

bool conf_engine_sees(struct judge *j, struct slice name, struct slice value)
{
    bool seen = false;
    struct look_sink sink = {.on_hit = note_hit, .ctx = &seen};
    if (!j->look) return false;
    struct slice text = arena_printf(j->arena, "%.*s=%.*s\n", SLICE_ARG(name), SLICE_ARG(value));
    if (!text.p) {
        j->nomem = true;
        return true;
    }
    enum st st = look_text(j->look, text, LOOK_CODE, &sink);
    return seen || st != ST_OK;
}

/* ---- addresses ---- */

bool conf_artifact_url(struct slice url)
{
    struct slice s = slice_sub(url, 0, slice_find_byte(url, '?'));
    s = slice_sub(s, 0, slice_find_byte(s, '#'));
    if (!slice_starts(s, S("http://")) && !slice_starts(s, S("https://")) &&
        !slice_starts(s, S("ftp://")))
        return false;
    return conf_fits(
        S("*.bin|*.pt|*.pth|*.ckpt|*.pkl|*.pickle|*.joblib|*.h5|*.hdf5|*.keras|*.onnx|"
          "*.tflite|*.pb|*.gguf|*.ggml|*.safetensors|*.npz|*.npy|*.mar|*.nemo|*.engine|"
          "*.tar|*.tar.gz|*.tgz|*.tar.bz2|*.tar.xz|*.zip|*.7z|*.csv|*.csv.gz|*.jsonl|"
          "*.json.gz|*.parquet|*.arrow|*.tfrecord|*.caffemodel|*.t7|*.model|*.vec.gz"),
        s);
}

bool conf_known_index(struct slice url)
{
    return conf_fits(
        S("https://download.pytorch.org/whl*|https://pypi.nvidia.com*|"
          "https://wheels.vllm.ai*|https://pypi.ngc.nvidia.com*|"
          "https://data.pyg.org/whl*|https://storage.googleapis.com/jax-releases*|"
          "https://flashinfer.ai/whl*|https://developer.download.nvidia.com*|"
          "https://pypi.org/simple*|https://abetlen.github.io/llama-cpp-python/whl*|"
          "https://pytorch-extension.intel.com*|https://download.pytorch.org/libtorch*"),
        url);
}
