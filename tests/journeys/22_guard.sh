#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# guard: the gateway between real clients (curl, sockets) and real servers (nginx, one that misbehaves).
# CHURN=N connections one after the other (make test-full: 100000).
. "$(dirname "$0")/lib.sh"
command -v curl > /dev/null || { echo "SKIPPED: no curl"; exit 77; }
unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY
pids=()
trap 'kill "${pids[@]}" 2> /dev/null; rm -rf "$work"' EXIT
client() { python3 "$here/guard_client.py" "$@"; }

upstream() { # NAME [PORT...]: its port in $port
    rm -f "$1.port"
    python3 "$here/guard_upstream.py" "$@" > "$1.port" & pids+=($!)
    up_pid=$!
    for _ in $(seq 400); do [ -s "$1.port" ] && break; sleep 0.05; done
    port=$(cat "$1.port")
}

guard() { # OPTION...: its port in $at, its process in $pid
    : > guard.out
    "$MERLON" guard run "$@" > guard.out 2> guard.err & pid=$!
    pids+=($pid)
    for _ in $(seq 400); do grep -q '^guard ' guard.out && break; sleep 0.02; done
    listen=$(sed -n 's/^guard  127.0.0.1:\([0-9]*\).*/\1/p' guard.out | head -n 1)
    at=http://127.0.0.1:$listen
}

get() { out=$(curl -sS -m 30 "$@" 2>&1); code=$?; }
ends() { kill -TERM "$pid"; wait "$pid"; is "$1: SIGTERM ends it well" $? 0; }

# how it is asked for
merlon guard --help; exits "help" 0; says "help" "--upstream URL"
merlon guard --listen 127.0.0.1:0; exits "no upstream" 2; says "no upstream" "--upstream URL"
merlon guard --listen 127.0.0.1:0 --upstream ftp://x; exits "a bad URL" 2; says "a bad URL" "begins with http://"
merlon guard --listen here --upstream http://127.0.0.1:1; exits "a bad address" 2; says "a bad address" "127.0.0.1:8443"
printf '[[listen]]\naddress = "127.0.0.1:0"\nport = 1\n[[upstream]]\nurl = "https://a"\n' > bad.toml
merlon guard check --config bad.toml; exits "a bad file" 2; says "a bad file" "bad.toml:3: port is not known here"
says "a bad file" 'bad.toml:4: https needs to know whom to trust'

# through it
upstream one; one=$port
guard --listen 127.0.0.1:0 --upstream http://127.0.0.1:"$one" -j 2
get "$at/v1/models?x=%20" -i; exits "a request" 0; says "a request" "x-merlon-request-id: "; says "a request" "X-Upstream: one"; says "a request" "/v1/models?x=%20"
says "a verdict" "x-merlon-verdict: allow"
head -c 3000000 /dev/urandom > body
get "$at/echo" --data-binary @body -H 'Expect: 100-continue' -o echo; ok "a body, by length" cmp body echo
get "$at/echo" --data-binary @body -H 'Transfer-Encoding: chunked' -o echo; ok "a body, in chunks" cmp body echo
get "$at/close"; is "until the end" "$out" "until the end"
get "$at/x" -I; says "HEAD" "501"
get "$at/x" "$at/x" "$at/x" -w '%{num_connects} '; is "one connection for three" "$(grep -o '[01] ' <<< "$out" | tr -d '\n')" "1 0 0 "
get "$at/merlon/ready"; says "ready" '"ready"'
get "$at/x" -H 'Transfer-Encoding: chunked' -H 'Content-Length: 3' -d abc; says "two framings" "length-and-coding"
get --path-as-is "$at/v1/../merlon/metrics"; says "dots" "target-dots"
get --http2-prior-knowledge "$at/x"; silent_on "HTTP/2 without TLS is not spoken" one
first=$(curl -sN "$at/sse?40" -m 1 | head -n 1); is "a stream passes at once" "$first" 'data: {"n": 0, "text": "ä"}'
ok "sixty-four streams" client "$listen" streams 64
ok "a slow reader" client "$listen" slow
ok "churn" client "$listen" churn "${CHURN:-10000}"
get "$at/merlon/metrics"; says "metrics" 'merlon_guard_clients 1'; says "metrics" '# TYPE merlon_guard_exchange_seconds histogram'
get -sN "$at/die" -o half; is "it dies within its answer: curl sees it" "$code" 18; is "and got what was there" "$(cat half)" hellohalf
is "descriptors are given back" "$(find /proc/$pid/fd -lname 'socket:*' | wc -l | awk '{print ($1 < 80) ? "few" : $1}')" few
is "no capability is left" "$(awk '/^CapEff|^CapBnd/ {print $2}' /proc/$pid/status | sort -u)" 0000000000000000
is "its system calls are filtered" "$(awk '/^Seccomp:/ {print $2}' /proc/$pid/status)" 2
ends "one upstream"

# several
upstream two; two=$port; two_pid=$up_pid
cat > guard.toml <<X
[timeouts]
answer = "1s"
drain = "3s"
[[listen]]
address = "127.0.0.1:0"
[[upstream]]
name = "one"
url = "http://127.0.0.1:$one"
[[upstream]]
name = "two"
url = "http://127.0.0.1:$two"
break_after = 1
break_for = "2s"
[[route]]
path = "/both"
upstreams = ["one", "two"]
[[route]]
path = "/"
upstreams = ["two"]
X
merlon guard check --config guard.toml; exits "check" 0; says "check" "it would start"
guard --config guard.toml -j 1
get "$at/hang"; says "no answer in time" "upstream-timeout"; says "which one" '"upstream":"two"'
get "$at/x"; says "its circuit is open" "two: circuit open"; sleep 2.2
get "$at/x"; is "and closes again" "$out" /x
get "$at/both" "$at/both" -w '[%header{x-upstream}]'
for _ in 1 2 3 4; do curl -sS "$at/both" -o /dev/null -D - | sed -n 's/^X-Upstream: //p'; done | tr -d '\r' | sort | uniq -c | tr -s ' ' > turns
is "each has its turn" "$(tr -d '\n' < turns)" " 2 one 2 two"
kill "$two_pid"; wait "$two_pid" 2> /dev/null
for _ in 1 2 3 4; do curl -sS "$at/both" -o /dev/null -D - | sed -n 's/^X-Upstream: //p'; done | tr -d '\r' | sort | uniq -c | tr -s ' ' > turns
is "the other takes over" "$(tr -d '\n' < turns)" " 4 one"
get "$at/x"; says "nobody is left for this route" "upstream"
upstream two "$two"; sleep 4.2
get "$at/x"; is "back again" "$out" /x

# reload: the stream goes on, new requests go elsewhere; a broken file changes nothing
curl -sN "$at/sse?30" > stream & stream=$!
sleep 0.2
echo 'nonsense' >> guard.toml; kill -HUP "$pid"; sleep 0.3
get "$at/x" -i; says "a broken file changes nothing" "X-Upstream: two"; ok "and is told" grep -q 'not reloaded' guard.err
sed -i '/nonsense/d; s/upstreams = \["two"\]/upstreams = ["one"]/' guard.toml; kill -HUP "$pid"; sleep 0.3
get "$at/x" -i; says "the new file counts" "X-Upstream: one"
wait $stream; is "no event is lost" "$(grep -c '^data: ' stream)" 31

# drain: what is open may end, nobody new comes in
curl -sN "$at/sse?20" > stream & stream=$!
sleep 0.2; kill -TERM "$pid"; sleep 0.2
get "$at/x"; is "no new connection while it drains" "$code" 7
wait $stream; wait "$pid"; is "drained" $? 0; is "the stream ended by itself" "$(tail -n 2 stream | head -n 1)" "data: [DONE]"

# nginx behind it
if command -v nginx > /dev/null; then
    mkdir -p ng/t && head -c 300000 /dev/urandom > ng/file && port=$((20000 + RANDOM % 20000))
    cat > ng/conf <<X
daemon off; master_process off; pid $work/ng.pid; error_log $work/ng.err;
events { worker_connections 256; }
http { access_log off; client_body_temp_path ng/t/b; proxy_temp_path ng/t/p; fastcgi_temp_path ng/t/f;
  uwsgi_temp_path ng/t/u; scgi_temp_path ng/t/s; keepalive_timeout 1s; keepalive_requests 5;
  server { listen 127.0.0.1:$port; root $work/ng; location /put { return 204; } } }
X
    nginx -p "$work/" -c ng/conf > /dev/null 2>&1 & pids+=($!)
    guard --listen 127.0.0.1:0 --upstream "http://127.0.0.1:$port" -j 1
    for _ in $(seq 100); do curl -so /dev/null "http://127.0.0.1:$port/file" && break; sleep 0.05; done
    for i in $(seq 20); do curl -sS "$at/file" -o got || echo "$i"; cmp got ng/file; done > bad 2>&1
    is "nginx: twenty files, whole" "$(cat bad)" ""
    get "$at/file" -r 10-19 -o got; ok "a range" cmp got <(dd if=ng/file bs=1 skip=10 count=10 status=none)
    get "$at/put" -X PUT -d x -w '%{http_code}'; is "204" "$out" 204
    sleep 1.3; get "$at/put" -d x -w '%{http_code}'; is "after its idle connections were closed" "$out" 204
    ends "nginx"
fi
finish
