#!/usr/bin/env bash
# Makes what a release consists of, in target/release-files: the static binaries of both architectures, sagelet and
# model-tools; wheels of both for Python; for each program a bill of materials (CycloneDX) and the licences of everything
# that is linked (of crates, Rust's standard library and musl); and the checksums of all that.
#
#   scripts/release.sh [TAG]     TAG, if given, has to be v and the version in Cargo.toml
#
# Needs cargo-cyclonedx and cargo-bundle-licenses (cargo install --locked), on the path or in target/tools/bin.
set -euo pipefail

cd "$(dirname "$0")/.."
version=$(scripts/version.sh)
if [ $# -gt 0 ] && [ "$1" != "v$version" ]; then
    echo "release: the tag is $1, and Cargo.toml says v$version" >&2
    exit 1
fi
grep -q -E "^## $version( |\$)" CHANGELOG.md || [ $# -eq 0 ] \
    || { echo "release: CHANGELOG.md says nothing of $version" >&2; exit 1; }
export PATH=$PWD/target/tools/bin:$PATH
files=$PWD/target/release-files
rm -rf "$files" && mkdir -p "$files"

for architecture in x86_64 aarch64; do
    PROGRAMS="sagelet model-tools" scripts/static.sh "$architecture"
    for program in sagelet model-tools; do
        cp "target/static/$architecture/$program" "$files/$program-$version-$architecture-linux"
    done
    scripts/wheel.sh "$architecture"
    cp target/wheels/sagelet-"$version"-*"$architecture"*.whl "$files"
done

# Of what is linked into each program alone; cargo-cyclonedx writes one beside each Cargo.toml.
export SOURCE_DATE_EPOCH
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
cargo cyclonedx --quiet --format json --no-build-deps --target x86_64-unknown-linux-musl \
    --override-filename sagelet.sbom
sed "s|file://$PWD|file:///sagelet|g" sagelet.sbom.json > "$files/sagelet-$version.cdx.json"
sed "s|file://$PWD|file:///sagelet|g" model-tools/sagelet.sbom.json > "$files/model-tools-$version.cdx.json"
rm -f sagelet.sbom.json model-tools/sagelet.sbom.json
# Quietly: it warns of each text that it has recognised by most of its words. Where a crate brings no text ("NOT
# FOUND"), it is one under Apache-2.0 or MIT, and those lie beside.
RUST_LOG=error cargo bundle-licenses --format yaml --output "$files/sagelet-$version-licences.yaml"
cp "$(rustc --print sysroot)/share/doc/rust/COPYRIGHT-library.html" "$files/rust-standard-library-licences.html"
cp scripts/musl-licence.txt LICENSE LICENSE-APACHE LICENSE-MIT "$files"

cd "$files"
sha256sum -- * > SHA256SUMS
ls -l
