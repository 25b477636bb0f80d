/* SPDX-License-Identifier: Apache-2.0 */
/* parquet_type.c - what the values of a leaf are, for rows.
 *
 * Writers say the same thing in several ways: a LogicalType, the older ConvertedType, both or
 * neither (a plain INT32 is an int32). One name comes out. An annotation that does not fit the
 * physical type, or that is not known here, counts as none. */
#include "read/data/parquet_part.h"

/* An annotation in its new number, whichever way it was given; 0: none. */
static int annotation(const struct parquet_element *e)
{
    static const int8_t from_old[] = {
        [PARQUET_OLD_UTF8] = PARQUET_NEW_STRING,
        [PARQUET_OLD_ENUM] = PARQUET_NEW_ENUM,
        [PARQUET_OLD_DECIMAL] = PARQUET_NEW_DECIMAL,
        [PARQUET_OLD_DATE] = PARQUET_NEW_DATE,
        [PARQUET_OLD_TIME_MILLIS] = PARQUET_NEW_TIME,
        [PARQUET_OLD_TIME_MICROS] = PARQUET_NEW_TIME,
        [PARQUET_OLD_TIMESTAMP_MILLIS] = PARQUET_NEW_TIMESTAMP,
        [PARQUET_OLD_TIMESTAMP_MICROS] = PARQUET_NEW_TIMESTAMP,
        [PARQUET_OLD_UINT] = PARQUET_NEW_INTEGER,
        [PARQUET_OLD_UINT + 1] = PARQUET_NEW_INTEGER,
        [PARQUET_OLD_UINT + 2] = PARQUET_NEW_INTEGER,
        [PARQUET_OLD_UINT_END] = PARQUET_NEW_INTEGER,
        [PARQUET_OLD_INT] = PARQUET_NEW_INTEGER,
        [PARQUET_OLD_INT + 1] = PARQUET_NEW_INTEGER,
        [PARQUET_OLD_INT + 2] = PARQUET_NEW_INTEGER,
        [PARQUET_OLD_INT_END] = PARQUET_NEW_INTEGER,
        [PARQUET_OLD_JSON] = PARQUET_NEW_JSON,
        [PARQUET_OLD_BSON] = PARQUET_NEW_BSON,
    };
    if (e->logical) return e->logical;
    bool known = e->converted >= 0 && (uint64_t)e->converted < COUNT_OF(from_old);
    return known ? from_old[e->converted] : 0;
}

static const char *unit(const struct parquet_element *e)
{
    static const char *const names[] = {NULL, "ms", "us", "ns"};
    bool ms =
        e->converted == PARQUET_OLD_TIME_MILLIS || e->converted == PARQUET_OLD_TIMESTAMP_MILLIS;
    if (e->logical) return e->unit >= 1 && e->unit <= 3 ? names[e->unit] : NULL;
    return names[ms ? 1 : 2];
}

static enum row_form integer(const struct parquet_element *e, struct rows_writer *w)
{
    bool old_unsigned = e->converted >= PARQUET_OLD_UINT && e->converted <= PARQUET_OLD_UINT_END;
    int64_t width = e->type == PARQUET_INT32 ? 32 : 64;
    int64_t bits = e->logical     ? e->bits
                   : old_unsigned ? 8ll << (e->converted - PARQUET_OLD_UINT)
                                  : 8ll << (e->converted - PARQUET_OLD_INT);
    bool is_signed = e->logical ? e->is_signed : !old_unsigned;
    bool fits = bits == width || (width == 32 && (bits == 8 || bits == 16));
    rows_type(w, "%sint%lld", is_signed ? "" : "u", (long long)(fits ? bits : width));
    return is_signed ? ROW_SIGNED : ROW_UNSIGNED;
}

static enum row_form decimal(const struct parquet_element *e, struct rows_writer *w)
{
    rows_type(w, "decimal(%lld,%lld)", (long long)e->precision, (long long)e->scale);
    return ROW_DECIMAL;
}

/* INT32 and INT64. */
static enum row_form number(const struct parquet_element *e, struct rows_writer *w)
{
    bool wide = e->type == PARQUET_INT64;
    bool utc = e->logical ? e->utc : true; /* the old ones always were */
    const char *u = unit(e);
    switch (annotation(e)) {
    case PARQUET_NEW_INTEGER: return integer(e, w);
    case PARQUET_NEW_DECIMAL: return decimal(e, w);
    case PARQUET_NEW_DATE:
        if (wide) break;
        rows_type(w, "date");
        return ROW_SIGNED;
    case PARQUET_NEW_TIME:
        if (!u) break;
        rows_type(w, "time[%s]", u);
        return ROW_SIGNED;
    case PARQUET_NEW_TIMESTAMP:
        if (!u || !wide) break;
        rows_type(w, "timestamp[%s%s]", u, utc ? ", utc" : "");
        return ROW_SIGNED;
    default: break;
    }
    rows_type(w, wide ? "int64" : "int32");
    return ROW_SIGNED;
}

static enum row_form bytes(const struct parquet_element *e, struct rows_writer *w)
{
    static const char *const texts[] = {[PARQUET_NEW_STRING] = "string",
                                        [PARQUET_NEW_ENUM] = "enum",
                                        [PARQUET_NEW_JSON] = "json",
                                        [PARQUET_NEW_BSON] = "bson"};
    int a = annotation(e);
    if (a == PARQUET_NEW_DECIMAL) return decimal(e, w);
    bool known = a > 0 && (size_t)a < COUNT_OF(texts) && texts[a];
    rows_type(w, "%s", known ? texts[a] : "bytes");
    return ROW_RAW;
}

static enum row_form fixed(const struct parquet_element *e, struct rows_writer *w)
{
    int a = annotation(e);
    if (a == PARQUET_NEW_DECIMAL) return decimal(e, w);
    if (a == PARQUET_NEW_UUID && e->length == 16)
        rows_type(w, "uuid");
    else if (a == PARQUET_NEW_FLOAT16 && e->length == 2)
        rows_type(w, "float16");
    else if (!e->logical && e->converted == PARQUET_OLD_INTERVAL && e->length == 12)
        rows_type(w, "interval");
    else
        rows_type(w, "bytes[%lld]", (long long)e->length);
    return ROW_RAW;
}

enum row_form parquet_type(const struct parquet_element *e, struct rows_writer *w)
{
    static const char *const plain[PARQUET_TYPES] = {
        [PARQUET_BOOLEAN] = "bool",
        [PARQUET_INT96] = "int96",
        [PARQUET_FLOAT] = "float32",
        [PARQUET_DOUBLE] = "float64",
    };
    if (e->logical == PARQUET_NEW_UNKNOWN) {
        rows_type(w, "null");
        return ROW_RAW;
    }
    switch (e->type) {
    case PARQUET_INT32:
    case PARQUET_INT64: return number(e, w);
    case PARQUET_BYTE_ARRAY: return bytes(e, w);
    case PARQUET_FIXED: return fixed(e, w);
    default: rows_type(w, "%s", plain[e->type]); return ROW_RAW;
    }
}
