/* SPDX-License-Identifier: Apache-2.0 */
/* blob.c - programs and archives inside bytes that nothing else reads.
 *
 * The search looks for two-byte beginnings only, 32 bytes at a time (about ten a megabyte match by
 * chance in random bytes), and then checks a whole header at each. In Windows programs the mark is
 * not "MZ", which is everywhere, but the four bytes "PE\0\0", from which the "MZ" that points to it
 * is looked for backwards.
 * Specifications: System V ABI (ELF), Microsoft PE/COFF, Mach-O's loader.h. */
#include "detect/blob.h"
#include "base/cpu.h"
#include "base/cursor.h"
#include "detect/judge.h"
#include <stdio.h>

#define BACK_MOST   4096u /* a DOS header points at most this far ahead */
#define BLOB_WINDOW ((uint64_t)1 << 20)
#define BLOB_HITS   8u

static struct cursor at(struct slice bytes, uint64_t pos)
{
    struct cursor c = cur_of(bytes);
    cur_seek(&c, pos);
    struct cursor rest = cur_of(cur_rest(&c));
    rest.bad = c.bad;
    return rest;
}

struct machine {
    uint32_t code;
    const char *detail;
};

static const char *machine_of(const struct machine *table, size_t n, uint32_t code)
{
    for (size_t i = 0; i < n; i++)
        if (table[i].code == code) return table[i].detail;
    return NULL;
}

/* ---- ELF ---- */

static const struct machine elf_machines[] = {
    {2, "Linux program for SPARC"},
    {3, "Linux program for x86"},
    {8, "Linux program for MIPS"},
    {20, "Linux program for PowerPC"},
    {21, "Linux program for PowerPC"},
    {22, "Linux program for S/390"},
    {40, "Linux program for ARM"},
    {42, "Linux program for SuperH"},
    {50, "Linux program for IA-64"},
    {62, "Linux program for x86-64"},
    {183, "Linux program for ARM64"},
    {190, "CUDA program"},
    {224, "GPU program for AMD"},
    {243, "Linux program for RISC-V"},
    {247, "BPF program"},
    {258, "Linux program for LoongArch"},
};

struct elf_numbers {
    uint64_t phoff, shoff;
    uint16_t type, machine, ehsize, phentsize, phnum, shentsize, shnum;
    uint32_t version;
};

static struct elf_numbers elf_read(struct cursor *c, bool wide)
{
    struct elf_numbers e;
    e.type = cur_u16le(c);
    e.machine = cur_u16le(c);
    e.version = cur_u32le(c);
    cur_skip(c, wide ? 8 : 4);
    e.phoff = wide ? cur_u64le(c) : cur_u32le(c);
    e.shoff = wide ? cur_u64le(c) : cur_u32le(c);
    cur_skip(c, 4);
    e.ehsize = cur_u16le(c);
    e.phentsize = cur_u16le(c);
    e.phnum = cur_u16le(c);
    e.shentsize = cur_u16le(c);
    e.shnum = cur_u16le(c);
    return e;
}

static bool table_inside(uint64_t from, uint64_t count, uint64_t size, uint64_t n)
{
    return from <= n && count * size <= n - from; /* count and size come from 16 bits each */
}

static bool elf_at(struct slice bytes, uint64_t pos, struct blob_hit *ret)
{
    struct cursor c = at(bytes, pos);
    uint64_t n = cur_left(&c);
    if (cur_u32le(&c) != 0x464c457fu) return false;
    uint8_t class = cur_u8(&c), data = cur_u8(&c), version = cur_u8(&c);
    cur_skip(&c, 9);
    if (class < 1 || class > 2 || data != 1 || version != 1) return false;
    bool wide = class == 2;
    struct elf_numbers e = elf_read(&c, wide);
    const char *detail =
        machine_of(elf_machines, sizeof elf_machines / sizeof *elf_machines, e.machine);
    if (!cur_ok(&c) || !detail || e.version != 1 || e.type < 1 || e.type > 4) return false;
    if (e.ehsize != (wide ? 64 : 52) || e.phnum > 512 || (!e.phnum && !e.shnum)) return false;
    if (e.phnum && (e.phentsize != (wide ? 56 : 32) || e.phoff < e.ehsize)) return false;
    if (e.shnum && e.shentsize != (wide ? 64 : 40)) return false;
    if (e.phnum ? !table_inside(e.phoff, e.phnum, e.phentsize, n)
                : !table_inside(e.shoff, e.shnum, e.shentsize, n))
        return false;
    *ret = (struct blob_hit){FMT_ELF, pos, detail};
    return true;
}

/* ---- PE ---- */

static const struct machine pe_machines[] = {
    {0x14c, "Windows program for x86"},
    {0x8664, "Windows program for x86-64"},
    {0xaa64, "Windows program for ARM64"},
    {0x1c0, "Windows program for ARM"},
    {0x1c4, "Windows program for ARM"},
    {0x200, "Windows program for IA-64"},
    {0xebc, "EFI program"},
};

/* The DOS header before it whose pointer leads to `pos`. */
static bool dos_before(struct slice bytes, uint64_t pos, uint64_t *ret)
{
    for (uint64_t back = 64; back <= BACK_MOST && back <= pos; back++) {
        struct cursor c = at(bytes, pos - back);
        if (cur_u16le(&c) != 0x5a4d) continue;
        cur_skip(&c, 58);
        if (cur_u32le(&c) != back) continue;
        *ret = pos - back;
        return true;
    }
    return false;
}

static bool pe_at(struct slice bytes, uint64_t pos, struct blob_hit *ret)
{
    struct cursor c = at(bytes, pos);
    if (cur_u32le(&c) != 0x4550u) return false;
    const char *detail =
        machine_of(pe_machines, sizeof pe_machines / sizeof *pe_machines, cur_u16le(&c));
    uint16_t sections = cur_u16le(&c);
    cur_skip(&c, 12);
    uint16_t optional = cur_u16le(&c), flags = cur_u16le(&c);
    uint16_t magic = cur_u16le(&c);
    bool wide = magic == 0x20b;
    if (!detail || !sections || sections > 96 || !(flags & 2)) return false;
    if ((magic != 0x10b && !wide) || optional < (wide ? 112 : 96)) return false;
    cur_skip(&c, (uint64_t)optional - 2 + (uint64_t)sections * 40);
    uint64_t start;
    if (!cur_ok(&c) || !dos_before(bytes, pos, &start)) return false;
    *ret = (struct blob_hit){FMT_PE, start, detail};
    return true;
}

/* ---- Mach-O ---- */

static const struct machine macho_machines[] = {
    {7, "macOS program for x86"},
    {0x01000007, "macOS program for x86-64"},
    {12, "macOS program for ARM"},
    {0x0100000c, "macOS program for ARM64"},
    {0x0200000c, "macOS program for ARM64"},
};

static const char *macho_machine(uint32_t code)
{
    return machine_of(macho_machines, sizeof macho_machines / sizeof *macho_machines, code);
}

static bool macho_at(struct slice bytes, uint64_t pos, struct blob_hit *ret)
{
    struct cursor c = at(bytes, pos);
    uint32_t magic = cur_u32le(&c);
    bool wide = magic == 0xfeedfacfu;
    if (!wide && magic != 0xfeedfaceu) return false;
    const char *detail = macho_machine(cur_u32le(&c));
    cur_skip(&c, 4);
    uint32_t type = cur_u32le(&c), count = cur_u32le(&c), size = cur_u32le(&c);
    cur_skip(&c, wide ? 8 : 4);
    uint64_t left = cur_left(&c);
    uint32_t command = cur_u32le(&c) & 0x7fffffffu, length = cur_u32le(&c);
    if (!cur_ok(&c) || !detail || type < 1 || type > 12) return false;
    if (!count || count > 1024 || size < count * 8 || size > left) return false;
    if (!command || command > 0x40 || length < 8 || length % 4 || length > size) return false;
    *ret = (struct blob_hit){FMT_MACHO, pos, detail};
    return true;
}

/* Several of them in one file; Java classes share the magic, but count higher. */
static bool fat_at(struct slice bytes, uint64_t pos, struct blob_hit *ret)
{
    struct cursor c = at(bytes, pos);
    uint64_t n = cur_left(&c);
    uint32_t magic = cur_u32be(&c), count = cur_u32be(&c);
    if (magic != 0xcafebabeu || !count || count > 16) return false;
    for (uint32_t i = 0; i < count; i++) {
        const char *detail = macho_machine(cur_u32be(&c));
        cur_skip(&c, 4);
        uint64_t from = cur_u32be(&c), size = cur_u32be(&c);
        cur_skip(&c, 4);
        if (!cur_ok(&c) || !detail || from > n || size > n - from) return false;
    }
    *ret = (struct blob_hit){FMT_MACHO, pos, "macOS program for several processors"};
    return true;
}

/* ---- the search ---- */

typedef bool header_fn(struct slice bytes, uint64_t pos, struct blob_hit *ret);

struct mark {
    uint8_t first, second;
    header_fn *check;
};

static const struct mark marks[] = {
    {0x7f, 'E', elf_at},    {'P', 'E', pe_at},    {0xcf, 0xfa, macho_at},
    {0xce, 0xfa, macho_at}, {0xca, 0xfe, fat_at},
};

#define MARKS (sizeof marks / sizeof *marks)
#define LANES 32

typedef uint8_t lanes __attribute__((vector_size(LANES), aligned(1), may_alias));
typedef uint64_t words __attribute__((vector_size(LANES)));

/* Does any mark begin in the LANES bytes from p? Reads LANES + 1 bytes. */
static inline __attribute__((always_inline)) bool any_mark(const uint8_t *p)
{
    lanes a, b;
    memcpy(&a, p, LANES);
    memcpy(&b, &p[1], LANES);
    lanes hit = (lanes)((a == 0x7f) & (b == 'E')) | (lanes)((a == 'P') & (b == 'E')) |
                (lanes)(((a | 1) == 0xcf) & (b == 0xfa)) | (lanes)((a == 0xca) & (b == 0xfe));
    words w = (words)hit;
    return (w[0] | w[1] | w[2] | w[3]) != 0;
}

/* First block of LANES bytes with a mark, or the last place from which a block fits. */
static inline __attribute__((always_inline)) size_t skip_blocks(struct slice s)
{
    size_t i = 0;
    while (i + LANES < s.n && !any_mark(&s.p[i])) i += LANES;
    return i;
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static size_t skip_blocks_avx2(struct slice s)
{
    return skip_blocks(s);
}
#endif

static size_t skip_clean(struct slice s)
{
#if defined(__x86_64__)
    if (cpu_avx2()) return skip_blocks_avx2(s);
#endif
    return skip_blocks(s);
}

static bool header_at(struct slice bytes, uint64_t pos, struct blob_hit *ret)
{
    struct slice two = slice_sub(bytes, (size_t)pos, 2);
    for (size_t i = 0; i < MARKS && two.n == 2; i++)
        if (two.p[0] == marks[i].first && two.p[1] == marks[i].second &&
            marks[i].check(bytes, pos, ret))
            return true;
    return false;
}

size_t blob_find_executables(struct slice bytes, uint64_t from, uint64_t to, struct blob_hit *hits,
                             size_t room)
{
    size_t n = 0;
    if (to > bytes.n) to = bytes.n;
    while (from < to && n < room) {
        /* one byte more than the window, for a mark that crosses its end */
        struct slice window = slice_sub(bytes, (size_t)from, (size_t)(to - from) + 1);
        from += skip_clean(window);
        for (size_t i = 0; i < LANES && from < to && n < room; i++, from++)
            if (header_at(bytes, from, &hits[n])) n++;
    }
    return n;
}

/* ---- the judge ---- */

static void emit(struct judge *j, const struct reading *r, const char *rule, uint64_t offset,
                 const char *message, const char *evidence)
{
    struct finding f = judge_finding(j, r, rule, offset);
    f.message = slice_str(message);
    f.evidence = arena_copy(j->arena, slice_str(evidence));
    if (!f.evidence.p) j->nomem = true;
    judge_emit(j, &f);
}

static void judge_programs(struct judge *j, const struct reading *r, const struct event *ev)
{
    struct blob_hit hits[BLOB_HITS];
    for (uint64_t from = 0; from < ev->blob.n; from += BLOB_WINDOW) {
        size_t n = blob_find_executables(ev->blob, from, from + BLOB_WINDOW, hits, BLOB_HITS);
        for (size_t i = 0; i < n; i++)
            emit(j, r, "model.embedded-executable", ev->offset + hits[i].offset,
                 "A whole program lies in bytes that no loader of this format uses: it is carried "
                 "along, to be started by something else",
                 hits[i].detail);
        if (from) layer_release(r->layer, ev->offset + from - BLOB_WINDOW, BLOB_WINDOW);
    }
    layer_release(r->layer, ev->offset, ev->blob.n);
}

struct beginning {
    struct slice magic;
    const char *rule, *message, *evidence;
};

#define TEXT(lit)                               \
    {                                           \
        (const uint8_t *)(lit), sizeof(lit) - 1 \
    }

static const struct beginning beginnings[] = {
    {TEXT("#!/"), "model.embedded-executable",
     "A script lies in bytes that no loader of this format uses: it is carried along, to be "
     "started "
     "by something else",
     "a script that begins with #!/"},
    {TEXT("7z\xbc\xaf\x27\x1c"), "model.embedded-archive",
     "An archive lies in bytes that no loader of this format uses, where no check looks into it",
     "a 7z archive"},
    {TEXT("Rar!\x1a\x07"), "model.embedded-archive",
     "An archive lies in bytes that no loader of this format uses, where no check looks into it",
     "a RAR archive"},
};

void judge_blob(struct judge *j, const struct reading *r, const struct event *ev)
{
    judge_programs(j, r, ev);
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++)
        if (slice_starts(ev->blob, beginnings[i].magic))
            emit(j, r, beginnings[i].rule, ev->offset, beginnings[i].message,
                 beginnings[i].evidence);
}
