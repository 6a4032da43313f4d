#!/bin/sh
# Builds static musl binaries for one architecture: target/static/x86_64/sagelet or target/static/aarch64/sagelet.
# target/static/sagelet is a link to the one that this machine, or its containers, can run.
#
#   scripts/static.sh [ARCHITECTURE] [WAY]
#
# PROGRAMS lists the programs to build, sagelet and model-tools; sagelet alone if it is unset.
# ARCHITECTURE is x86_64 (or amd64) or aarch64 (or arm64), this machine's if it is not given. WAY is one of
#   rustup     the toolchain's own musl target, which rustup adds where it is missing
#   debian     Debian's Rust and its std sources (x86_64 alone; installs packages, so it needs root)
#   flags      prints the flags of the first way as CARGO_ENCODED_RUSTFLAGS wants them, for other programs that build
# and if it is not given rustup, or where rustup cannot fetch the target debian.
#
# No way needs a C compiler for the target: nothing here is written in C. The build scripts and macros of
# dependencies run on this machine and are linked by its cc.
set -eu

cd "$(dirname "$0")/.."
# What Linux calls aarch64, macOS and docker call arm64.
linux_name() {
    case $1 in
        amd64) echo x86_64 ;;
        arm64) echo aarch64 ;;
        *) echo "$1" ;;
    esac
}
machine=$(linux_name "$(uname -m)")
architecture=$(linux_name "${1:-$machine}")
programs=${PROGRAMS:-sagelet}
target=$architecture-unknown-linux-musl
build_directory=${CARGO_TARGET_DIR:-target}
debian_packages="rustc-web cargo-web rust-web-src musl-tools musl-dev libunwind-14-dev"

say() { printf 'static: %s\n' "$*" >&2; }

# GNU's name of the program, or Perl's, which macOS has.
digest() {
    if command -v sha256sum > /dev/null; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d ' ' -f 1
}

# publish PROGRAM DIRECTORY: from the directory that cargo built into.
publish() {
    binary=target/static/$architecture/$1
    mkdir -p "target/static/$architecture"
    # -f: a program that is running cannot be written over.
    cp -f "$2/$target/release/$1" "$binary"
    [ "$architecture" != "$machine" ] || ln -sf "$architecture/$1" "target/static/$1"
    say "$binary is $(($(wc -c < "$binary"))) bytes, sha256 $(digest "$binary")"
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
# and which ones it has does not show in the binary. Packed relocations save 20 kB of x86_64's, and a bound of 5 on what
# is inlined (50 is usual at opt-level "s") 85 kB: 100,000 rows of CSV take 2 % more time for it, one row none, training up to a tenth.
link_flags() {
    printf '%s\n' -Clinker=rust-lld -Clink-self-contained=yes -Clink-arg=-zpack-relative-relocs \
        -Clink-arg=--icf=all -Cllvm-args=-inline-threshold=5
}

# Cargo's CARGO_ENCODED_RUSTFLAGS has the flags apart by this character, so that paths may hold blanks.
joined_flags() { tr '\n' '\037'; }

has_target() { [ -d "$(rustc --print sysroot)/lib/rustlib/$target/lib" ]; }

with_rustup() {
    has_target && return
    command -v rustup > /dev/null || { say "there is no rustup here to fetch the target $target"; return 1; }
    rustup target add "$target" || { say "rustup cannot fetch the target $target here"; return 1; }
}

encoded_flags() {
    flags=$({ path_flags; link_flags; } | joined_flags)
    printf '%s' "${flags%?}"
}

build_with_rustup() {
    flags=$(encoded_flags)
    # One build for each: together, the features that one asks of a dependency would change the other's bytes.
    for program in $programs; do
        CARGO_ENCODED_RUSTFLAGS=$flags cargo build --release --locked --package "$program" --bin "$program" \
            --target "$target"
        publish "$program" "$build_directory"
    done
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
    for program in $programs; do
        RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 \
            CC_x86_64_unknown_linux_musl=musl-gcc \
            CARGO_TARGET_X86_64_UNKNOWN_LINUX_MUSL_LINKER=musl-gcc \
            CARGO_TARGET_X86_64_UNKNOWN_LINUX_MUSL_RUSTFLAGS="-Clink-self-contained=no -Lnative=$libraries -Crelocation-model=static -Clink-arg=-lgcc" \
            /usr/bin/cargo build --release --locked --package "$program" --bin "$program" --target "$target" \
            -Zbuild-std=std,panic_unwind --target-dir target/debian
        publish "$program" target/debian
    done
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
for program in $programs; do
    case $program in
        sagelet | model-tools) ;;
        *) say "unknown program: $program (there are sagelet and model-tools)"; exit 64 ;;
    esac
done
case ${2:-either} in
    either) build_either_way ;;
    rustup) with_rustup && build_with_rustup ;;
    debian) build_with_debian ;;
    flags) encoded_flags ;;
    *) say "unknown way to build: $2 (there are rustup, debian and flags)"; exit 64 ;;
esac
