#!/usr/bin/env bash
# Runs a command with an AWS emulator at AWS_ENDPOINT_URL, and ends the emulator with it:
#   bash test/e2e/with-ministack.sh npm run e2e
# MiniStack is installed with pip into a temporary folder. It listens on 127.0.0.1 only, enforces permissions (AUTH),
# and speaks TLS (USE_SSL), without which the stack's own policies refuse every request.
set -euo pipefail

MINISTACK=ministack==1.5.33
# MiniStack reads from botocore's tables which action a request of SES needs.
BOTOCORE=botocore==1.43.106

for tool in python3 openssl; do
  command -v "$tool" >/dev/null || { echo "The emulator needs $tool, which is not installed." >&2; exit 1; }
done

folder=$(mktemp -d)
emulator=
finish() {
  if [ -n "$emulator" ]; then kill "$emulator" 2>/dev/null || true; wait "$emulator" 2>/dev/null || true; fi
  rm -rf "$folder"
}
trap finish EXIT

python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "$MINISTACK" "$BOTOCORE" ||
  { echo "The emulator cannot be installed: pip does not get $MINISTACK and $BOTOCORE." >&2; exit 1; }

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
mkdir "$folder/tmp"
# The functions inherit the emulator's environment, so it gets none of the user's.
env -i PATH="$PATH" HOME="$HOME" TMPDIR="$folder/tmp" BIND_HOST=127.0.0.1 MINISTACK_HOST=127.0.0.1 \
  GATEWAY_PORT="$port" AUTH=true USE_SSL=1 AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED=true \
  "$folder/venv/bin/ministack" >"$folder/ministack.log" 2>&1 &
emulator=$!

export AWS_ENDPOINT_URL="https://127.0.0.1:$port"
export NODE_EXTRA_CA_CERTS="$folder/tmp/ministack-tls/server.crt"
for _ in $(seq 150); do
  kill -0 "$emulator" 2>/dev/null || break
  if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
    code=0
    "$@" || code=$?
    if [ "$code" -ne 0 ]; then
      echo "The last lines of the emulator's log:" >&2
      tail -n 60 "$folder/ministack.log" >&2
    fi
    exit "$code"
  fi
  sleep 0.2
done
echo "The emulator did not start:" >&2
tail -n 60 "$folder/ministack.log" >&2
exit 1
