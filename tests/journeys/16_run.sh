#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# merlon run: what was verified is what is loaded, whoever writes to the disk meanwhile.
. "$(dirname "$0")/lib.sh"
mkdir -p models/sub
echo one > models/a.bin; echo two > models/sub/b.bin; : > models/empty
openssl ecparam -name prime256v1 -genkey -noout -out key.pem 2> /dev/null
openssl ec -in key.pem -pubout -out key.pub 2> /dev/null
merlon sign models --key key.pem; exits "sign" 0

trust=(--verify models.merlon.sig --public-key key.pub)
merlon run "${trust[@]}" -- true
if grep -q "no namespace" <<< "$out"; then
    exits "without namespaces nothing is started" 2
    finish
    exit
fi
exits "run" 0; says "run" "3 files"; says "run" "verified"
merlon run "${trust[@]}" -q -- sh -c 'exit 42'; exits "the command's own exit code" 42; is "-q" "$out" ""

# The original changes while the server runs; the copy does not, and cannot be written to.
cat > serve.sh << 'E'
{ echo changed > models/a.bin; } 2> /dev/null && echo "written to"
touch ready; for _ in $(seq 100); do [ -e go ] && break; sleep 0.05; done
cat models/a.bin models/sub/b.bin
E
"$MERLON" run "${trust[@]}" -q -- sh serve.sh > served.txt 2>&1 &
for _ in $(seq 200); do [ -e ready ] && break; sleep 0.05; done
echo evil > models/a.bin; rm models/sub/b.bin; touch go; wait $!
is "the copy" "$(cat served.txt)" "$(printf 'one\ntwo')"
is "the original" "$(cat models/a.bin)" evil
absent "outside of it too" models/sub/b.bin
merlon run "${trust[@]}" -- touch started
exits "changed before" 1; says "changed before" "a.bin"; absent "nothing was started" started
echo one > models/a.bin; echo two > models/sub/b.bin

# From inside of the folder, with the signature in it, and a single file.
(cd models && "$MERLON" run --verify ../models.merlon.sig --public-key ../key.pub -q -- sh -c 'echo x > a.bin; cat a.bin' > ../inside.txt 2> /dev/null)
is "from inside" "$(cat inside.txt)" one
is "nothing was written" "$(cat models/a.bin)" one
(cd models && "$MERLON" sign . --key ../key.pem -q)
merlon run --verify models/model.sig --public-key key.pub -q -- cat models/a.bin; is "the signature in it" "$out" one
rm models/model.sig
merlon sign models/a.bin --key key.pem -q
merlon run --verify models/a.bin.merlon.sig --public-key key.pub -q -- sh -c 'echo x > models/a.bin; cat models/a.bin' 2> /dev/null
ok "a single file" grep -qx one <<< "$out"; is "which stays" "$(cat models/a.bin)" one
rm models/a.bin.merlon.sig
cp models.merlon.sig other.sig
merlon run --verify other.sig --model models --public-key key.pub -q -- cat models/a.bin; is "--model" "$out" one

merlon run -- true; exits "no signature asked for" 2; says "no signature asked for" "--verify BUNDLE"
merlon run --verify nowhere.sig --public-key key.pub -- touch started; exits "no such signature" 2; says "no such signature" "nowhere.sig: No such file"
merlon run "${trust[@]}" -- ./no-such-command; exits "no such command" 2; says "no such command" "No such file"
ln -s /etc/passwd models/link
merlon run "${trust[@]}" -- touch started; exits "a link" 1; absent "nothing was started" started
rm models/link; mkfifo models/pipe
merlon run "${trust[@]}" -- touch started; says "a pipe" "not a regular file: pipe"; exits "a pipe" 2; rm models/pipe
is "no mount is left" "$(grep -c merlon-seal /proc/self/mounts)" 0

merlon seal models --public-key key.pub
if [ "$code" = 0 ]; then says "seal" "sealed 3 files"; else exits "seal" 2; says "seal" "merlon run --verify"; fi
echo evil > models/a.bin 2> /dev/null
[ "$code" = 0 ] || { merlon seal models --public-key key.pub; exits "seal what was changed" 1; says "seal what was changed" "a.bin"; }
finish
