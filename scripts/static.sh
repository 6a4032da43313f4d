#!/bin/sh
# Builds the static musl binary and puts it at target/static/sagelet.
#
#   scripts/static.sh            rustup's musl target, or Debian's Rust where rustup cannot fetch it
#   scripts/static.sh rustup     rustup's musl target only
#   scripts/static.sh debian     Debian's Rust only (amd64; installs packages, so it needs root)
set -eu

cd "$(dirname "$0")/.."
target=$(uname -m)-unknown-linux-musl
build_directory=${CARGO_TARGET_DIR:-target}
packages="rustc-web cargo-web rust-web-src musl-tools musl-dev libunwind-14-dev"

say() { printf 'static: %s\n' "$*" >&2; }

publish() {
    mkdir -p target/static
    cp "$1/$target/release/sagelet" target/static/sagelet
    say "target/static/sagelet is $(wc -c < target/static/sagelet) bytes"
}

with_rustup() {
    command -v rustup > /dev/null || { say "there is no rustup here"; return 1; }
    rustup target add "$target" || { say "rustup cannot fetch the target $target here"; return 1; }
}

build_with_rustup() {
    cargo build --release --locked --bin sagelet --target "$target"
    publish "$build_directory"
}

install_debian_packages() {
    # shellcheck disable=SC2086  # one word a package
    dpkg -s $packages > /dev/null 2>&1 && return
    [ "$(id -u)" -eq 0 ] || { say "Debian's Rust is not installed; as root: apt-get install $packages"; exit 1; }
    apt-get update
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $packages
}

# Debian's libunwind.a was compiled against glibc's fortified headers and asks for __fprintf_chk, which musl
# does not have: a copy of the archive gets an object that defines it.
adapt_libunwind() {
    mkdir -p "$1"
    cat > "$1/fprintf_chk.c" <<'C'
#include <stdarg.h>
#include <stdio.h>
int __fprintf_chk(FILE *stream, int flag, const char *format, ...) {
    va_list arguments;
    (void)flag;
    va_start(arguments, format);
    int written = vfprintf(stream, format, arguments);
    va_end(arguments);
    return written;
}
C
    musl-gcc -O2 -c "$1/fprintf_chk.c" -o "$1/fprintf_chk.o"
    cp "$(dpkg -L libunwind-14-dev | grep '/libunwind\.a$' | head -n 1)" "$1/libunwind.a"
    ar r "$1/libunwind.a" "$1/fprintf_chk.o"
}

# Debian has no std for musl, but the sources of its own std: they are compiled along. That takes an unstable
# flag of cargo, which RUSTC_BOOTSTRAP lets a stable toolchain use.
build_with_debian() {
    [ "$target" = x86_64-unknown-linux-musl ] || { say "the recipe with Debian's Rust is for amd64 alone"; exit 1; }
    install_debian_packages
    libraries=$PWD/target/debian/libunwind
    adapt_libunwind "$libraries"
    RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 \
        CC_x86_64_unknown_linux_musl=musl-gcc \
        CARGO_TARGET_X86_64_UNKNOWN_LINUX_MUSL_LINKER=musl-gcc \
        CARGO_TARGET_X86_64_UNKNOWN_LINUX_MUSL_RUSTFLAGS="-Clink-self-contained=no -Lnative=$libraries -Crelocation-model=static -Clink-arg=-lgcc" \
        /usr/bin/cargo build --release --locked --bin sagelet --target "$target" \
        -Zbuild-std=std,panic_unwind --target-dir target/debian
    publish target/debian
}

case ${1:-either} in
    either)
        if with_rustup; then
            build_with_rustup
        else
            say "building with Debian's Rust instead"
            build_with_debian
        fi
        ;;
    rustup) with_rustup && build_with_rustup ;;
    debian) build_with_debian ;;
    *)
        say "unknown way to build: $1 (there are rustup and debian)"
        exit 64
        ;;
esac
