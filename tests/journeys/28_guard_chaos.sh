#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# guard when things go wrong around it: upstreams that die or stop, clients that hang, no descriptors left, reloads all the time.
. "$(dirname "$0")/lib.sh"
command -v curl > /dev/null || { echo "SKIPPED: no curl"; exit 77; }
unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY
pids=()
trap 'kill "${pids[@]}" 2> /dev/null; rm -rf "$work"' EXIT
chaos() { python3 "$here/guard_chaos.py" "$listen" "$@"; }

upstream() { # [PORT]: its port in $port, its process in $up
    rm -f up.port
    python3 "$here/guard_upstream.py" one "$@" > up.port & up=$!
    pids+=($up)
    for _ in $(seq 400); do [ -s up.port ] && break; sleep 0.05; done
    port=$(cat up.port)
}

guard() { # DESCRIPTORS: its port in $listen, its process in $pid
    : > guard.out
    (ulimit -n "$1"; exec "$MERLON" guard run --config guard.toml -j 2 --log log) > guard.out 2> guard.err & pid=$!
    pids+=($pid)
    for _ in $(seq 400); do grep -q '^guard ' guard.out && break; sleep 0.02; done
    listen=$(sed -n 's/^guard  127.0.0.1:\([0-9]*\).*/\1/p' guard.out | head -n 1)
}
ends() { kill -TERM "$pid"; wait "$pid"; is "$1: it ends well" $? 0; }

upstream
cat > guard.toml <<X
mode = "enforce"
[policy]
unknown = "pass"
[timeouts]
resolve = "1s"
[[listen]]
address = "127.0.0.1:0"
[[upstream]]
name = "one"
url = "http://127.0.0.1:$port"
break_for = "1s"
X
guard 4096

# an upstream dies, and comes back
chaos cut 32 > cut & cut=$!
sleep 1.2; kill -9 "$up"; wait "$up" 2> /dev/null
ok "each client sees the cut" wait $cut
ok "the gateway answers" curl -sSf "http://127.0.0.1:$listen/merlon/health"
upstream "$port"; sleep 1.2
ok "and goes on when it is back" curl -sSf --retry 3 "http://127.0.0.1:$listen/x"

# it stops for a while
chaos whole 32 > whole & whole=$!
sleep 1; kill -STOP "$up"; sleep 1.5; kill -CONT "$up"
ok "an upstream that stops and goes on" wait $whole

# reloads all the time
chaos whole 32 > whole & whole=$!
for _ in $(seq 30); do kill -HUP "$pid"; sleep 0.08; done
ok "thirty reloads lose no event" wait $whole

# clients
ok "half closed" chaos half
ok "slow clients" chaos slow 16
ok "their bytes do not pile up" [ "$(awk '/^VmHWM/ {print $2}' /proc/$pid/status)" -lt 120000 ]
ok "a flood that the limit of one address stops" chaos flood 300
ends "after all this"
ok "the log is whole" "$MERLON" audit verify log

# no descriptors left
guard 48
ok "a flood with 48 descriptors" chaos flood 300
ends "the flood"
finish
