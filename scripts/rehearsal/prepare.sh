#!/usr/bin/env bash
# Installs and builds what steps of the rehearsal need, while there still is a network.
set -euo pipefail

work=$PWD/target/rehearsal

# Debian's packages; the services among them do not start, the rehearsal starts its own.
packages() {
    local missing=()
    for package in "$@"; do
        dpkg --status "$package" > /dev/null 2>&1 || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    command -v apt-get > /dev/null || { echo "rehearse: there is no apt-get to install ${missing[*]}" >&2; exit 1; }
    echo "installing ${missing[*]}"
    apt-get update --quiet=2
    RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install --quiet=2 --yes --no-install-recommends \
        "${missing[@]}" > "$work/apt.log" 2>&1 || { tail -n 20 "$work/apt.log" >&2; exit 1; }
}

# A virtual environment of PyPI's packages: python_packages DIRECTORY PACKAGE…
python_packages() {
    local environment=$work/$1
    shift
    [ "$(cat "$environment/installed" 2> /dev/null)" != "$*" ] || return 0
    # Debian's Python has no pip to put into one without a package of its own.
    python3 -c 'import ensurepip' 2> /dev/null || packages python3-venv
    echo "installing $* into ${environment#"$PWD/"}"
    python3 -m venv "$environment"
    "$environment/bin/pip" install --quiet --disable-pip-version-check "$@"
    echo "$*" > "$environment/installed"
}

aws_packages() { python_packages venv "moto[server]" awscli boto3 bcrypt cfn-lint kubernetes-validate check-jsonschema; }

# A base for the build stage of Dockerfile.musl, since no image can be pulled into a network without a way out:
# the machine's own release of Debian with cc, the Rust of this machine, and the sources of the dependencies.
base_image() {
    local root=$work/base cargo_home=$work/cargo-home
    [ ! -r "$work/base.tar" ] || [ "$work/base.tar" -ot Cargo.lock ] || return 0
    echo "making a base image with Rust"
    if [ ! -r "$work/debian.tar" ]; then
        rm -rf "$root"
        debootstrap --variant=minbase --include=gcc,libc6-dev "$(. /etc/os-release && echo "$VERSION_CODENAME")" "$root" > "$work/debootstrap.log" 2>&1 \
            || { tail -n 20 "$work/debootstrap.log" >&2; exit 1; }
        rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/* "$root"/usr/share/{doc,locale,man}
        tar --create --file "$work/debian.tar" --directory "$root" .
    fi
    CARGO_HOME=$cargo_home cargo fetch --quiet --locked
    rm -rf "$root" && mkdir -p "$root/usr/local/cargo"
    tar --extract --file "$work/debian.tar" --directory "$root"
    cp -a "$cargo_home/registry" "$root/usr/local/cargo/"
    mkdir -p "$root/usr/local/rust"
    tar --create --directory "$(rustc --print sysroot)" --exclude share --exclude lib/rustlib/src \
        --exclude 'libexec/rust-analyzer*' . | tar --extract --directory "$root/usr/local/rust"
    tar --create --file "$work/base.tar" --directory "$root" .
    rm -rf "$root"
}

command -v dockerd > /dev/null || packages docker.io
packages iproute2 util-linux curl make git
# What wraps a binary needs one; where it is built already this takes a second.
case " $* " in *" image "* | *" container "* | *" push "* | *" endpoint "* | *" figures "* | *" local-mode "* | *" monitoring "*) scripts/static.sh x86_64 ;; esac
for step in "$@"; do
    case $step in
        binaries)
            packages qemu-user-static
            scripts/static.sh x86_64
            scripts/static.sh aarch64
            ;;
        reproducible) cargo fetch --quiet --locked ;;
        image)
            packages qemu-user-static debootstrap
            scripts/static.sh aarch64
            base_image
            ;;
        push)
            packages docker-registry skopeo openssl
            scripts/static.sh aarch64
            aws_packages
            ;;
        endpoint) aws_packages ;;
        templates)
            aws_packages
            python_packages kserve kserve
            ;;
        local-mode)
            packages docker-compose
            python_packages sdk "sagemaker<3"
            ;;
        sdk)
            aws_packages
            scripts/wheel.sh
            for environment in sdk sdk3; do
                python_packages $environment "sagemaker$([ $environment = sdk ] && echo "<3" || echo ">=3")"
                "$work/$environment/bin/pip" install --quiet --disable-pip-version-check --no-deps --force-reinstall \
                    target/wheels/sagelet-*"$(uname -m)".whl
            done
            ;;
        monitoring)
            packages prometheus
            python_packages grafana grafana-foundation-sdk
            ;;
        figures)
            packages nginx docker-registry
            scripts/static.sh aarch64
            python_packages guide flask gunicorn packaging gevent pandas scikit-learn
            ;;
    esac
done
