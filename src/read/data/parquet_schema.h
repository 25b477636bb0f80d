/* SPDX-License-Identifier: Apache-2.0 */
/* parquet_schema.h - the numbers of parquet.thrift, and one element of the schema.
 * Owns: nothing; names lie in the footer.   Threads: pure.   Fails: the thrift cursor's flag. */
#pragma once
#include "codec/thrift.h"

/* Physical types, encodings and page kinds, as numbered in parquet.thrift. */
enum parquet_type {
    PARQUET_BOOLEAN,
    PARQUET_INT32,
    PARQUET_INT64,
    PARQUET_INT96,
    PARQUET_FLOAT,
    PARQUET_DOUBLE,
    PARQUET_BYTE_ARRAY,
    PARQUET_FIXED,
    PARQUET_TYPES,
};
enum parquet_encoding {
    PARQUET_PLAIN = 0,
    PARQUET_PLAIN_DICTIONARY = 2,
    PARQUET_RLE = 3,
    PARQUET_BIT_PACKED = 4,
    PARQUET_DELTA_BINARY_PACKED = 5,
    PARQUET_DELTA_LENGTH_BYTE_ARRAY = 6,
    PARQUET_DELTA_BYTE_ARRAY = 7,
    PARQUET_RLE_DICTIONARY = 8,
    PARQUET_BYTE_STREAM_SPLIT = 9,
};

/* ConvertedType and LogicalType, as far as they are known. */
enum {
    PARQUET_OLD_UTF8 = 0,
    PARQUET_OLD_MAP = 1,
    PARQUET_OLD_MAP_KEY_VALUE = 2,
    PARQUET_OLD_LIST = 3,
    PARQUET_OLD_ENUM = 4,
    PARQUET_OLD_DECIMAL = 5,
    PARQUET_OLD_DATE = 6,
    PARQUET_OLD_TIME_MILLIS = 7,
    PARQUET_OLD_TIME_MICROS = 8,
    PARQUET_OLD_TIMESTAMP_MILLIS = 9,
    PARQUET_OLD_TIMESTAMP_MICROS = 10,
    PARQUET_OLD_TIMES_END = 10,
    PARQUET_OLD_UINT = 11, /* 8, 16, 32, 64 bits */
    PARQUET_OLD_UINT_END = 14,
    PARQUET_OLD_INT = 15,
    PARQUET_OLD_INT_END = 18,
    PARQUET_OLD_JSON = 19,
    PARQUET_OLD_BSON = 20,
    PARQUET_OLD_INTERVAL = 21,
};
enum {
    PARQUET_NEW_STRING = 1,
    PARQUET_NEW_MAP = 2,
    PARQUET_NEW_LIST = 3,
    PARQUET_NEW_ENUM = 4,
    PARQUET_NEW_DECIMAL = 5,
    PARQUET_NEW_DATE = 6,
    PARQUET_NEW_TIME = 7,
    PARQUET_NEW_TIMESTAMP = 8,
    PARQUET_NEW_INTEGER = 10,
    PARQUET_NEW_UNKNOWN = 11,
    PARQUET_NEW_JSON = 12,
    PARQUET_NEW_BSON = 13,
    PARQUET_NEW_UUID = 14,
    PARQUET_NEW_FLOAT16 = 15,
};

struct parquet_element { /* of the schema */
    int64_t type, length, repetition, children, converted, scale, precision, unit, bits;
    int32_t logical; /* which LogicalType; 0: none */
    bool is_signed, utc;
    struct slice name;
};

struct parquet_element parquet_element(struct thrift *t);
