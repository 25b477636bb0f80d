/* SPDX-License-Identifier: Apache-2.0 */
/* blake3_many.h - the compression function on LANES inputs at once; included once per width.
 * Wants: LANES, a power of two; TARGET, attributes of the functions; NAME(x). Each lane holds one
 * word of one input, so the words of a block are turned round first: a perfect shuffle, repeated
 * log2(LANES) times, transposes a square. */

typedef uint32_t NAME(v) __attribute__((vector_size(4 * LANES)));

#define V NAME(v)
#if LANES == 16
#define ZIP_LOW  0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
#define ZIP_HIGH 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31
#else
#define ZIP_LOW  0, 8, 1, 9, 2, 10, 3, 11
#define ZIP_HIGH 4, 12, 5, 13, 6, 14, 7, 15
#endif

TARGET static inline void NAME(transpose)(V row[LANES])
{
    V next[LANES];
    for (unsigned step = 1; step < LANES; step *= 2) {
        for (unsigned i = 0; i < LANES / 2; i++) {
            next[2 * i] = __builtin_shufflevector(row[i], row[i + LANES / 2], ZIP_LOW);
            next[2 * i + 1] = __builtin_shufflevector(row[i], row[i + LANES / 2], ZIP_HIGH);
        }
        for (unsigned i = 0; i < LANES; i++) row[i] = next[i];
    }
}

/* Words [0, 16) of the block at in[lane] + at. */
TARGET static inline void NAME(load)(const uint8_t *const in[LANES], size_t at, V m[16])
{
    for (unsigned part = 0; part < 16; part += LANES) {
        for (unsigned lane = 0; lane < LANES; lane++)
            memcpy(&m[part + lane], in[lane] + at + 4u * part, sizeof(V));
        NAME(transpose)(m + part);
    }
}

#define ROTATE(x, n) ((x) >> (n) | (x) << (32 - (n)))
#define MIX(a, b, c, d, x, y)           \
    do {                                \
        s[a] += s[b] + (x);             \
        s[d] = ROTATE(s[d] ^ s[a], 16); \
        s[c] += s[d];                   \
        s[b] = ROTATE(s[b] ^ s[c], 12); \
        s[a] += s[b] + (y);             \
        s[d] = ROTATE(s[d] ^ s[a], 8);  \
        s[c] += s[d];                   \
        s[b] = ROTATE(s[b] ^ s[c], 7);  \
    } while (0)
#define ROUND(r)                                             \
    do {                                                     \
        MIX(0, 4, 8, 12, m[order[r][0]], m[order[r][1]]);    \
        MIX(1, 5, 9, 13, m[order[r][2]], m[order[r][3]]);    \
        MIX(2, 6, 10, 14, m[order[r][4]], m[order[r][5]]);   \
        MIX(3, 7, 11, 15, m[order[r][6]], m[order[r][7]]);   \
        MIX(0, 5, 10, 15, m[order[r][8]], m[order[r][9]]);   \
        MIX(1, 6, 11, 12, m[order[r][10]], m[order[r][11]]); \
        MIX(2, 7, 8, 13, m[order[r][12]], m[order[r][13]]);  \
        MIX(3, 4, 9, 14, m[order[r][14]], m[order[r][15]]);  \
    } while (0)

/* `blocks` blocks of each input; lane i is number counter + i when they are numbered.
 * Every index is a constant; clang needs two minutes to see that of each check, so there is none.
 */
__attribute__((no_sanitize("pointer-overflow"))) TARGET static void NAME(many)(
    const struct many *job, const uint8_t *const in[LANES], uint64_t counter,
    uint32_t out[LANES][8])
{
    V h[8], low = {0}, high = {0};
    for (unsigned i = 0; i < 8; i++) h[i] = (V){0} + start_values[i];
    for (unsigned lane = 0; lane < LANES && job->numbered; lane++) {
        low[lane] = (uint32_t)(counter + lane);
        high[lane] = (uint32_t)((counter + lane) >> 32);
    }
    for (size_t block = 0; block < job->blocks; block++) {
        V m[16], s[16];
        NAME(load)(in, 64 * block, m);
        for (unsigned i = 0; i < 8; i++) s[i] = h[i];
        for (unsigned i = 0; i < 4; i++) s[8 + i] = (V){0} + start_values[i];
        s[12] = low;
        s[13] = high;
        s[14] = (V){0} + 64;
        s[15] = (V){0} + flags_of(job, block);
        ROUND(0);
        ROUND(1);
        ROUND(2);
        ROUND(3);
        ROUND(4);
        ROUND(5);
        ROUND(6);
        for (unsigned i = 0; i < 8; i++) h[i] = s[i] ^ s[i + 8];
    }
    for (unsigned lane = 0; lane < LANES; lane++)
        for (unsigned i = 0; i < 8; i++) out[lane][i] = h[i][lane];
}

#undef V
#undef ZIP_LOW
#undef ZIP_HIGH
#undef ROTATE
#undef MIX
#undef ROUND
#undef LANES
#undef TARGET
#undef NAME
