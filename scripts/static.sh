#!/bin/sh
# Builds the static musl binary of one architecture: target/static/x86_64/sagelet or target/static/aarch64/sagelet.
# target/static/sagelet is a link to the one of this machine.
#
#   scripts/static.sh [ARCHITECTURE] [WAY]
#
# ARCHITECTURE is x86_64 or aarch64, this machine's if it is not given. WAY is one of
#   rustup     the toolchain's own musl target, which rustup adds where it is missing
#   debian     Debian's Rust and its std sources (x86_64 alone; installs packages, so it needs root)
# and if it is not given rustup, or where rustup cannot fetch the target debian.
#
# No way needs a C compiler for the target: nothing here is written in C. The build scripts and macros of
# dependencies run on this machine and are linked by its cc.
set -eu

cd "$(dirname "$0")/.."
architecture=${1:-$(uname -m)}
target=$architecture-unknown-linux-musl
build_directory=${CARGO_TARGET_DIR:-target}
debian_packages="rustc-web cargo-web rust-web-src musl-tools musl-dev libunwind-14-dev"

say() { printf 'static: %s\n' "$*" >&2; }

publish() {
    mkdir -p "target/static/$architecture"
    cp "$1/$target/release/sagelet" "target/static/$architecture/sagelet"
    [ "$architecture" != "$(uname -m)" ] || ln -sf "$architecture/sagelet" target/static/sagelet
    say "target/static/$architecture/sagelet is $(wc -c < "target/static/$architecture/sagelet") bytes," \
        "sha256 $(sha256sum "target/static/$architecture/sagelet" | cut -d ' ' -f 1)"
}

# One flag a line, as joined_flags expects them. The paths of a build stay out of the binary (they are in the
# messages of panics), so that two checkouts of one commit give the same bytes: `make reproducible`.
#
# Where the toolchain has the component rust-src, rustc puts the real path of std's sources in the place of the
# one that std was built with.
path_flags() {
    printf '%s\n' \
        "--remap-path-prefix=$PWD=/sagelet" \
        "--remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=/cargo" \
        "--remap-path-prefix=$(rustc --print sysroot)/lib/rustlib/src/rust=/rustc/$(rustc -vV | sed -n 's/^commit-hash: //p')"
}

# rustc's own linker and the C library that comes with the target: the machine has neither to have for aarch64,
# and which ones it has does not show in the binary. Packed relocations save 20 kB of x86_64's.
link_flags() {
    printf '%s\n' -Clinker=rust-lld -Clink-self-contained=yes -Clink-arg=-zpack-relative-relocs \
        -Clink-arg=--icf=all
}

# Cargo's CARGO_ENCODED_RUSTFLAGS has the flags apart by this character, so that paths may hold blanks.
joined_flags() { tr '\n' '\037'; }

has_target() { [ -d "$(rustc --print sysroot)/lib/rustlib/$target/lib" ]; }

with_rustup() {
    has_target && return
    command -v rustup > /dev/null || { say "there is no rustup here to fetch the target $target"; return 1; }
    rustup target add "$target" || { say "rustup cannot fetch the target $target here"; return 1; }
}

build_with_rustup() {
    flags=$({ path_flags; link_flags; } | joined_flags)
    CARGO_ENCODED_RUSTFLAGS=${flags%?} cargo build --release --locked --bin sagelet --target "$target"
    publish "$build_directory"
}

install_debian_packages() {
    # shellcheck disable=SC2086  # one word a package
    dpkg -s $debian_packages > /dev/null 2>&1 && return
    [ "$(id -u)" -eq 0 ] || { say "Debian's Rust is not installed; as root: apt-get install $debian_packages"; exit 1; }
    apt-get update
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $debian_packages
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
# flag of cargo, which RUSTC_BOOTSTRAP lets a stable toolchain use. (zig would link for aarch64 too, but its C library
# has an exp of its own, whose last bit is another one: predictions would depend on who built.)
build_with_debian() {
    [ "$architecture" = x86_64 ] || { say "with Debian's Rust only x86_64 can be built"; exit 1; }
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

build_either_way() {
    if with_rustup; then
        build_with_rustup
    else
        say "building with Debian's Rust instead"
        build_with_debian
    fi
}

case $architecture in
    x86_64 | aarch64) ;;
    *) say "unknown architecture: $architecture (there are x86_64 and aarch64)"; exit 64 ;;
esac
case ${2:-either} in
    either) build_either_way ;;
    rustup) with_rustup && build_with_rustup ;;
    debian) build_with_debian ;;
    *) say "unknown way to build: $2 (there are rustup and debian)"; exit 64 ;;
esac
