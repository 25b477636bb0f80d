#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# merlon diff: what changed between two versions, by what the files consist of.
. "$(dirname "$0")/lib.sh"
mkdir -p old new

# FILE NAME=ROWSxCOLUMNS:VALUE ...: a safetensors file of F32 tensors
tensors() {
    python3 - "$@" << 'E'
import json, struct, sys
head, data = {"__metadata__": {"format": "pt"}}, b""
for arg in sys.argv[2:]:
    name, rest = arg.split("=")
    shape, value = rest.split(":")
    shape = [int(n) for n in shape.split("x")]
    raw = struct.pack("<f", float(value)) * (shape[0] * shape[1])
    head[name] = {"dtype": "F32", "shape": shape, "data_offsets": [len(data), len(data) + len(raw)]}
    data += raw
text = json.dumps(head).encode()
text += b" " * (-len(text) % 8)
open(sys.argv[1], "wb").write(struct.pack("<Q", len(text)) + text + data)
E
}
changes() { jq -r --arg p "$1" '.files[] | select(.path == $p) | .differences[] | [.change, .what, .name // .row, .old, .new] | map(. // "" | tostring) | join(" ")' out.json; }
counts() { jq -r --arg p "$1" --arg w "$2" '.files[] | select(.path == $p) | .counts[$w] | [.added, .removed, .changed, .same] | join(" ")' out.json; }

tensors old/model.safetensors a=2x2:1 b=2x2:2 c=2x2:3 gone=1x1:0
tensors new/model.safetensors a=2x2:1 b=2x2:9 c=4x1:3 lora=1x2:1
echo '{"hidden": 8, "architectures": ["BertModel"], "token": "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"}' > old/config.json
echo '{"hidden": 9, "architectures": ["LlamaModel"], "auto_map": {"AutoModel": "x.M"}, "token": "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"}' > new/config.json
echo '{"bos_token": "<s>", "chat_template": "{% for m in messages %}\n{{ m.content }}\n{% endfor %}"}' > old/tokenizer_config.json
echo '{"bos_token": "<s>", "chat_template": "{% for m in messages %}\n{% if 2027 in m %}x{% endif %}\n{{ m.content }}\n{% endfor %}"}' > new/tokenizer_config.json
printf '{"id": %d}\n' {1..50} > old/train.jsonl
printf '{"id": %d}\n' {1..20} 99 {22..50} 7 > new/train.jsonl
printf 'a,b\n1,2\n3,4\n' > old/table.csv
printf 'a,b\n3,4\n1,2\n5,"6\n7"\n' > new/table.csv
echo '[{"id": 1}, {"id": 2}, {"id": 3}]' > old/list.json
echo '[{"id": 1}, {"id": 3}]' > new/list.json
printf 'lr: 0.1\nlayers: [a, b]\n' > old/train.yaml
printf 'lr: 0.2\nlayers: [a, c]\n' > new/train.yaml
printf '\x80\x02]q\x00.' > old/m.pkl
printf '\x80\x02cposix\nsystem\nq\x00.' > new/m.pkl
echo "some words" > old/a.txt; cp old/a.txt new/b.txt; echo "same" | tee old/same.txt > new/same.txt
touch old/empty1 new/empty2; echo x > old/removed.py; ln -s /etc/passwd new/link

merlon diff old new
exits "a difference is no failure" 0
says "files" "1 added, 2 removed, 1 renamed"; says "renamed" "a.txt -> b.txt"; says "links" "new/link: a link that leads out"
silent_on "secrets" KpaUnArlXykWZeiNNCiiaanXnkksumIROn
merlon diff old new -o json; exits "json" 0; printf '%s' "$out" > out.json
is "summary" "$(jq -c .summary out.json)" '{"added":1,"removed":2,"renamed":1,"changed":8,"same":1}'
is "tensors" "$(changes model.safetensors | sort)" "$(printf '%s\n' 'added tensor lora  F32 [1, 2]' \
    'changed tensor b F32 [2, 2] F32 [2, 2]' 'changed tensor c F32 [2, 2] F32 [4, 1]' 'removed tensor gone F32 [1, 1] ' | sort)"
is "tensors counted" "$(counts model.safetensors tensor)" "1 1 2 1"
ok "keys" grep -qx 'changed key hidden 8 9' <<< "$(changes config.json)"
ok "new keys" grep -qx 'added key auto_map.AutoModel  x.M' <<< "$(changes config.json)"
ok "lists" grep -qx 'removed item architectures\[\] BertModel ' <<< "$(changes config.json)"
is "template" "$(changes tokenizer_config.json)" "added template-line chat_template  {% if 2027 in m %}x{% endif %}"
is "records" "$(counts train.jsonl record)" "2 1 0 49"
is "which" "$(changes train.jsonl | tr -s ' ' | sed 's/ $//' | sort | tr '\n' ';')" "added record 20;added record 50;removed record 20;"
is "table" "$(counts table.csv record)" "1 0 0 2"
is "order" "$(jq -c '[.files[] | select(.reordered) | .path]' out.json)" '["table.csv"]'
is "list of records" "$(counts list.json record)" "0 1 0 2"
ok "settings" grep -qx 'changed key lr 0.1 0.2' <<< "$(changes train.yaml)"
is "imports" "$(changes m.pkl)" "added import   posix.system"

merlon diff old old --exit-code; exits "the same" 0; says "the same" "12 the same"
merlon diff old new --exit-code -s; exits "--exit-code" 1; is "-s" "$out" ""
merlon diff old/train.jsonl new/train.jsonl; exits "two files" 0; says "two files" "row 20, line 21"
cp new/train.jsonl other.jsonl; merlon diff old/train.jsonl other.jsonl; says "other names" "2 added, 1 removed"
merlon diff old nowhere; exits "nothing there" 2; says "nothing there" "nowhere: No such file"
merlon diff old; exits "one side" 2
merlon diff old new --exclude '*.jsonl' -o json; silent_on "--exclude" train.jsonl
head -c 100 new/model.safetensors > cut.safetensors
merlon diff old/model.safetensors cut.safetensors; exits "a broken file" 0; says "a broken file" "more may differ"

# Records longer than a block.
python3 - << 'E'
big = "x" * 3_000_000
for name, tail in ("l1", "one"), ("l2", "two"):
    open(name + ".jsonl", "w").write('{"a": 1}\n{"t": "%s%s"}\n{"a": 2}\n' % (big, tail))
E
merlon diff l1.jsonl l2.jsonl; says "long records" "1 added, 1 removed, 2 the same"
finish
