#!/bin/sh
# Builds the image from Dockerfile.musl.
#
#   scripts/image.sh [IMAGE] [PLATFORM]     sagelet, and linux/amd64 or linux/arm64, this machine's if not given
#
# On a Mac with Apple silicon that is linux/arm64, which SageMaker runs on Graviton instances alone: what was built, and
# where it runs, is said at the end.
# PREBUILT=1 leaves Rust to the machine: scripts/static.sh builds the binary (once, for as long as the source
# stays as it is), and the last stage of Dockerfile.musl wraps it. An image for the other architecture is always
# made like that: it takes no emulation.
# RUST_IMAGE is the base of the build stage (see Dockerfile.musl), SOURCE_URL the label with the source's address.
#
# SageMaker takes one Docker v2 schema 2 manifest and refuses an OCI index and attestations: buildx is told to
# make neither, and where there is no buildx the classic builder makes nothing else.
set -eu

cd "$(dirname "$0")/.."
image=${1:-sagelet}
machine=$(uname -m)
# What Linux calls aarch64, macOS calls arm64.
[ "$machine" != arm64 ] || machine=aarch64
case ${2:-linux/$machine} in
    linux/amd64 | linux/x86_64) platform=linux/amd64 architecture=x86_64 ;;
    linux/arm64 | linux/aarch64) platform=linux/arm64 architecture=aarch64 ;;
    *) echo "image: unknown platform $2 (there are linux/amd64 and linux/arm64)" >&2; exit 64 ;;
esac
command -v docker > /dev/null || { echo "image: there is no docker on the path" >&2; exit 1; }

builder() {
    if docker buildx version > /dev/null 2>&1; then
        docker buildx build --provenance=false --sbom=false --output type=docker "$@"
    else
        DOCKER_BUILDKIT=0 docker build "$@"
    fi
}

git_or_unknown() { git "$@" 2> /dev/null || echo unknown; }

# What both ways have in common: build DOCKERFILE CONTEXT [OPTION…].
build() {
    dockerfile=$1
    context=$2
    shift 2
    builder --file "$dockerfile" --platform "$platform" --tag "$image" \
        --build-arg VERSION="$(scripts/version.sh)" \
        --build-arg REVISION="$(git_or_unknown rev-parse HEAD)" \
        --build-arg CREATED="$(git_or_unknown log -1 --format=%cI)" \
        --build-arg SOURCE="${SOURCE_URL:-unknown}" \
        "$@" "$context"
}

build_in_docker() {
    build Dockerfile.musl . ${RUST_IMAGE:+--build-arg RUST_IMAGE="$RUST_IMAGE"}
}

# The context is what the build stage would have left in /image.
build_around_binary() {
    scripts/static.sh "$architecture"
    context=target/image/$architecture
    rm -rf "$context"
    mkdir -p "$context/image/usr/local/bin"
    install -m 755 "target/static/$architecture/sagelet" "$context/image/usr/local/bin/sagelet"
    ln -s sagelet "$context/image/usr/local/bin/serve"
    ln -s sagelet "$context/image/usr/local/bin/train"
    sed -n '/^FROM scratch/,$ s|^COPY --from=build /image/ /|COPY image/ /|; /^FROM scratch/,$ p' Dockerfile.musl \
        > "$context/Dockerfile"
    build "$context/Dockerfile" "$context"
}

if [ -n "${PREBUILT:-}" ] || [ "$architecture" != "$machine" ]; then
    build_around_binary
else
    build_in_docker
fi
case $architecture in
    x86_64) runs_on="SageMaker runs it on all instances but Graviton; PLATFORM=linux/arm64 is for those (ml.c7g.large)" ;;
    aarch64) runs_on="SageMaker runs it on Graviton alone (ml.c7g.large); PLATFORM=linux/amd64 is for all other instances" ;;
esac
size=$(docker image inspect --format '{{.Size}}' "$image")
echo "image: $image is $size bytes, $platform: $runs_on" >&2
