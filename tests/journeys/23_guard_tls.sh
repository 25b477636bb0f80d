#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# guard over TLS: certificates by name, clients that must show one, upstreams that must be the right one.
. "$(dirname "$0")/lib.sh"
command -v curl > /dev/null && command -v openssl > /dev/null || { echo "SKIPPED: no curl or openssl"; exit 77; }
unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY
pids=()
trap 'kill "${pids[@]}" 2> /dev/null; rm -rf "$work"' EXIT

ca() { # NAME
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$1" -days 30 \
        -keyout "$1.key" -out "$1.pem" 2> /dev/null
}
certificate() { # NAME CA SAN [OPTION...]
    local name=$1 by=$2 san=$3
    shift 3
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$name" -keyout "$name.key" -out "$name.csr" 2> /dev/null
    openssl x509 -req -in "$name.csr" -CA "$by.pem" -CAkey "$by.key" -CAcreateserial -out "$name.pem" \
        -extfile <(echo "subjectAltName=$san") "$@" 2> /dev/null
}
upstream() { # NAME CERT-NAME [CA]: its port in $port
    rm -f "$1.port"
    python3 "$here/guard_upstream.py" "$1" 0 "$2.pem" "$2.key" ${3:+"$3.pem"} > "$1.port" 2> /dev/null & pids+=($!)
    for _ in $(seq 400); do [ -s "$1.port" ] && break; sleep 0.05; done
    port=$(cat "$1.port")
}
guard() {
    : > guard.out
    "$MERLON" guard run "$@" > guard.out 2> guard.err & pid=$!
    pids+=($pid)
    for _ in $(seq 400); do grep -q '^guard ' guard.out && break; sleep 0.02; done
    listen=$(sed -n 's/^guard  127.0.0.1:\([0-9]*\).*/\1/p' guard.out | head -n 1)
}
get() { out=$(curl -sS -m 30 --cacert root.pem "$@" 2>&1); code=$?; }
shown() { # NAME: whose certificate is shown for it
    openssl s_client -connect "127.0.0.1:$listen" ${1:+-servername "$1"} < /dev/null 2> /dev/null | openssl x509 -noout -subject 2> /dev/null | sed 's/.*= *//'
}

ca root; ca other
certificate server root DNS:localhost,IP:127.0.0.1 -days 30
certificate second root DNS:second.example,DNS:*.wild.example -days 30
certificate alice root DNS:alice -days 30
certificate mallory other DNS:alice -days 30
certificate expired root DNS:localhost,IP:127.0.0.1 -days -1
certificate elsewhere root DNS:elsewhere.example -days 30

# clients
upstream plain server; plain=$port
cat > guard.toml <<X
[[listen]]
address = "127.0.0.1:0"
certificate = "server.pem"
key = "server.key"
more = ["second.pem", "second.key"]
[[upstream]]
name = "up"
url = "https://localhost:$plain"
ca = "root.pem"
X
merlon guard check --config guard.toml; exits "check" 0
guard --config guard.toml -j 1
at=https://localhost:$listen
get "$at/x" -w ' %{http_version} %{ssl_verify_result}'; is "a request over TLS, both ways" "$out" "/x 1.1 0"
get "https://127.0.0.1:$listen/x"; is "by address" "$out" /x
get "$at/x" --tlsv1.3; is "TLS 1.3" "$out" /x
get "$at/x" --tls-max 1.2; is "TLS 1.2" "$out" /x
get "$at/x" --tls-max 1.1 --ciphers DEFAULT@SECLEVEL=0; is "no TLS 1.1" "$code" 35
get "http://localhost:$listen/x"; ok "no plain text there" [ "$code" -ne 0 ]
out=$(curl -sS --cacert other.pem "$at/x" 2>&1); code=$?; is "who trusts another root does not come in" "$code" 60
is "without a name: the first certificate" "$(shown "")" server
is "its own name" "$(shown localhost)" server
is "another name: another certificate" "$(shown second.example)" second
is "a wildcard" "$(shown a.wild.example)" second
is "an unknown name: the first" "$(shown nobody.example)" server
ok "HTTP/2 alone is refused (ALPN)" bash -c "! openssl s_client -alpn h2 -connect 127.0.0.1:$listen < /dev/null > /dev/null 2>&1"
curl -sN --cacert root.pem "$at/sse?30" > stream & stream=$!
head -c 2000000 /dev/urandom > body
get "$at/echo" --data-binary @body -o echo; ok "a body" cmp body echo
get "$at/big" -o big; is "20 MB" "$(stat -c %s big)" 20971520
get "$at/die" -o half; is "a cut is seen" "$code" 18

# a new certificate, without losing the stream
certificate server root DNS:localhost,DNS:renewed.example,IP:127.0.0.1 -days 30
kill -HUP "$pid"; sleep 0.5
ok "the new certificate is shown" bash -c "openssl s_client -connect 127.0.0.1:$listen < /dev/null 2> /dev/null | openssl x509 -noout -ext subjectAltName | grep -q renewed"
wait $stream; is "the stream went on" "$(grep -c '^data: ' stream)" 31
cp second.key server.key; kill -HUP "$pid"; sleep 0.5
ok "a key that does not fit: told" grep -q 'not of certificate\|key server.key' guard.err
get "$at/x"; is "and the old one stays" "$out" /x
kill -TERM "$pid"; wait "$pid"; is "ends" $? 0
certificate server root DNS:localhost,IP:127.0.0.1 -days 30

# one too many is told so, behind the handshake
printf '[limits]\nper_client = 1\n' | cat guard.toml - > one.toml
guard --config one.toml -j 1; at=https://localhost:$listen
(sleep 3) | openssl s_client -connect "127.0.0.1:$listen" > /dev/null 2>&1 & holds=$!
sleep 0.5; get "$at/x" -i; says "one too many" "HTTP/1.1 429"; says "why" '"client-connections"'
get "$at/merlon/health"; says "health is for all" '"ok"'
wait $holds; get "$at/x"; is "there is room again" "$out" /x
kill -TERM "$pid"; wait "$pid"

# clients that must show who they are
sed 's/^more.*/client_ca = "root.pem"/' guard.toml > mtls.toml
guard --config mtls.toml -j 1; at=https://localhost:$listen
get "$at/x"; ok "no certificate: not in" [ "$code" -ne 0 ]
get "$at/x" --cert mallory.pem --key mallory.key; ok "another root's: not in" [ "$code" -ne 0 ]
get "$at/x" --cert alice.pem --key alice.key; is "the right one's" "$out" /x
kill -TERM "$pid"; wait "$pid"
sed 's/^client_ca.*/&\nclient_certificate = "optional"/' mtls.toml > optional.toml
guard --config optional.toml -j 1; at=https://localhost:$listen
get "$at/x"; is "optional: without" "$out" /x
get "$at/x" --cert mallory.pem --key mallory.key; ok "but never a wrong one" [ "$code" -ne 0 ]
kill -TERM "$pid"; wait "$pid"

# upstreams: each on a path of its own
upstream expired expired; expired=$port
upstream elsewhere elsewhere; elsewhere=$port
upstream picky server root; picky=$port
cat > ups.toml <<X
[[listen]]
address = "127.0.0.1:0"
[[upstream]]
name = "expired"
url = "https://localhost:$expired"
ca = "root.pem"
[[upstream]]
name = "elsewhere"
url = "https://localhost:$elsewhere"
ca = "root.pem"
[[upstream]]
name = "named"
url = "https://localhost:$elsewhere"
ca = "root.pem"
server_name = "elsewhere.example"
[[upstream]]
name = "untrusted"
url = "https://localhost:$plain"
ca = "other.pem"
[[upstream]]
name = "strangers"
url = "https://localhost:$plain"
ca = "system"
[[upstream]]
name = "mute"
url = "https://localhost:$picky"
ca = "root.pem"
[[upstream]]
name = "picky"
url = "https://localhost:$picky"
ca = "root.pem"
certificate = "alice.pem"
key = "alice.key"
X
for n in expired elsewhere named untrusted strangers mute picky; do printf '[[route]]\npath = "/%s"\nupstreams = ["%s"]\n' $n $n; done >> ups.toml
guard --config ups.toml -j 1; at=http://127.0.0.1:$listen
get "$at/expired"; says "expired" "certificate has expired"; says "expired: which" '"upstream":"expired"'
get "$at/elsewhere"; says "another name's" "hostname mismatch"
get "$at/named"; is "the name that it has" "$out" /named
get "$at/untrusted"; says "another root's" "certificate"
get "$at/strangers"; says "the system's roots do not know it" "certificate"
get "$at/mute"; says "it wants a certificate of us" '"upstream":"mute"'
get "$at/picky"; is "and gets one" "$out" /picky
kill -TERM "$pid"; wait "$pid"
finish
