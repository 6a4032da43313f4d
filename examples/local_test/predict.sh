#!/bin/sh
# Sends rows to the server that serve_local.sh started: predictions go to standard output, the conversation
# to standard error.
#
#   ./predict.sh [PAYLOAD] [CONTENT-TYPE]     ../diabetes/payload.csv and text/csv if they are not given
#
# PORT is the server's port, 8080 if it is not set.
set -eu

payload=${1:-$(dirname "$0")/../diabetes/payload.csv}
content_type=${2:-text/csv}
if [ ! -r "$payload" ]; then
    echo "there is no payload $payload that can be read" >&2
    exit 1
fi

exec curl --verbose --data-binary "@$payload" -H "Content-Type: $content_type" \
    "http://localhost:${PORT:-8080}/invocations"
