/* SPDX-License-Identifier: Apache-2.0 */
/* cpu.h - what the processor can do, as the C library found out when the program was started.
 * Why: __builtin_cpu_supports() asks the processor again, in every process, ten times; under a
 * hypervisor each question costs microseconds.
 * Owns: nothing.   Threads: constants.   Fails: never; false on other processors. */
#pragma once
#include <stdbool.h>
#if defined(__x86_64__) && __has_include(<sys/platform/x86.h>)
#include <sys/platform/x86.h>
#define CPU_HAS(glibc, gcc) CPU_FEATURE_ACTIVE(glibc)
#elif defined(__x86_64__)
#define CPU_HAS(glibc, gcc) (__builtin_cpu_supports(gcc) != 0)
#else
#define CPU_HAS(glibc, gcc) false
#endif

static inline bool cpu_sse42(void)
{
    return CPU_HAS(SSE4_2, "sse4.2");
}
static inline bool cpu_avx2(void)
{
    return CPU_HAS(AVX2, "avx2");
}
/* Bytes in words of 64, with masks. */
static inline bool cpu_avx512(void)
{
    return CPU_HAS(AVX512F, "avx512f") && CPU_HAS(AVX512BW, "avx512bw") && cpu_avx2();
}
/* What compilers use beside AVX2 for bit tricks. */
static inline bool cpu_bits(void)
{
    return CPU_HAS(BMI1, "bmi") && CPU_HAS(BMI2, "bmi2") && CPU_HAS(POPCNT, "popcnt");
}
