/* SPDX-License-Identifier: Apache-2.0 */
/* pickle_opcodes.h - one function per opcode: pickle_data.c and pickle_call.c define them, the
 * table in pickle_run.c names them. Owns: nothing.   Threads: one owner.   Fails: see vm_broke();
 * any other status ends the stream. */
#pragma once
#include "read/model/pickle_machine.h"

#define OPCODE(name) enum st vm_op_##name(struct machine *m, const struct operand *a)
OPCODE(mark);
OPCODE(stop);
OPCODE(pop);
OPCODE(pop_mark);
OPCODE(dup);
OPCODE(float);
OPCODE(int);
OPCODE(binint);
OPCODE(unsigned);
OPCODE(long);
OPCODE(long_bytes);
OPCODE(none);
OPCODE(persid);
OPCODE(binpersid);
OPCODE(reduce);
OPCODE(string);
OPCODE(text);
OPCODE(bytes);
OPCODE(unicode);
OPCODE(append);
OPCODE(build);
OPCODE(global);
OPCODE(dict);
OPCODE(empty_dict);
OPCODE(appends);
OPCODE(get);
OPCODE(binget);
OPCODE(inst);
OPCODE(list);
OPCODE(empty_list);
OPCODE(obj);
OPCODE(put);
OPCODE(binput);
OPCODE(setitem);
OPCODE(tuple);
OPCODE(empty_tuple);
OPCODE(setitems);
OPCODE(binfloat);
OPCODE(proto);
OPCODE(newobj);
OPCODE(ext);
OPCODE(tuple1);
OPCODE(tuple2);
OPCODE(tuple3);
OPCODE(true);
OPCODE(false);
OPCODE(empty_set);
OPCODE(additems);
OPCODE(frozenset);
OPCODE(newobj_ex);
OPCODE(stack_global);
OPCODE(memoize);
OPCODE(frame);
OPCODE(bytearray);
OPCODE(next_buffer);
OPCODE(readonly_buffer);
