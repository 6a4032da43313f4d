#!/usr/bin/env bash
# The images: the whole of Dockerfile.musl on a base image with Rust, and the quick way around a binary that was
# built outside, for both architectures.
. scripts/rehearsal/common.sh

label() { docker image inspect --format "{{index .Config.Labels \"$2\"}}" "$1"; }
size() { docker image inspect --format '{{.Size}}' "$1"; }
architecture() { docker image inspect --format '{{.Architecture}}' "$1"; }

# binary_of IMAGE FILE: the program, out of the image's file system.
binary_of() {
    local container
    container=$(docker create "$1")
    docker cp --quiet "$container:/usr/local/bin/sagelet" "$2"
    docker export "$container" | tar --list --verbose > "$2.list"
    docker rm "$container" > /dev/null
}

# scripts/image.sh takes buildx where there is one; both ways come to the same.
builder=$(docker buildx version 2> /dev/null) || builder="there is none: the classic builder"
proof "builder" "docker buildx version" "$builder"
PREBUILT=1 scripts/image.sh sagelet:prebuilt linux/amd64 > "$work/image-amd64.log" 2>&1
PREBUILT=1 scripts/image.sh sagelet:arm64 linux/arm64 > "$work/image-arm64.log" 2>&1
equal "prebuilt: architecture" "docker image inspect" "$(architecture sagelet:prebuilt)" amd64
equal "arm64: architecture" "docker image inspect" "$(architecture sagelet:arm64)" arm64
at_most "amd64: size of the image" "docker image inspect" "$(size sagelet:prebuilt)" "$image_bytes" bytes
at_most "arm64: size of the image" "docker image inspect" "$(size sagelet:arm64)" "$image_bytes" bytes

if [ "$work/base.tar" -nt "$work/base.imported" ] || ! docker image inspect sagelet-base > /dev/null 2>&1; then
    docker import --change 'ENV PATH=/usr/local/rust/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' \
        --change 'ENV CARGO_HOME=/usr/local/cargo' --change 'ENV CARGO_NET_OFFLINE=true' \
        "$work/base.tar" sagelet-base > /dev/null
    touch "$work/base.imported"
fi
RUST_IMAGE=sagelet-base scripts/image.sh sagelet:rehearsal > "$work/image.log" 2>&1 \
    || { tail -n 30 "$work/image.log" >&2; fail "Dockerfile.musl does not build: $work/image.log"; }
proof "Dockerfile.musl: builds" "scripts/image.sh" "$(size sagelet:rehearsal) bytes"

binary_of sagelet:rehearsal "$work/binary-of-dockerfile"
equal "Dockerfile.musl: same binary as scripts/static.sh" "cmp" \
    "$(sha256sum "$work/binary-of-dockerfile" | cut -c 1-16)" "$(sha256sum target/static/x86_64/sagelet | cut -c 1-16)"
equal "files in the image" "docker export" \
    "$(grep -oE 'usr/local/bin/.+$' "$work/binary-of-dockerfile.list" | sort | paste -sd ' ')" \
    "usr/local/bin/sagelet usr/local/bin/serve -> sagelet usr/local/bin/train -> sagelet"

capability=com.amazonaws.sagemaker.capabilities
equal "label: accept-bind-to-port" "docker image inspect" "$(label sagelet:rehearsal $capability.accept-bind-to-port)" true
equal "label: multi-models" "docker image inspect" "$(label sagelet:rehearsal $capability.multi-models)" true
equal "label: version" "docker image inspect" \
    "$(label sagelet:rehearsal org.opencontainers.image.version)" "$(scripts/version.sh)"
equal "label: revision" "docker image inspect" \
    "$(label sagelet:rehearsal org.opencontainers.image.revision)" "$(git rev-parse HEAD)"
