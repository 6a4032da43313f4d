#!/bin/sh
# Builds the image and pushes it to the Amazon ECR of your account, ready for SageMaker.
#
#   scripts/build-push.sh IMAGE
#
# IMAGE is the name of the repository, which is created if there is none; the tag is what git calls the commit.
# ACCOUNT is the account of the credentials, and REGION the configured one or else us-west-2, unless they are
# given; PLATFORM is linux/amd64 or linux/arm64 (Graviton), this machine's if it is not given.
# scripts/image.sh says what PREBUILT, RUST_IMAGE and SOURCE_URL are.
#
# The address of the pushed image is all that goes to standard output.
set -eu

cd "$(dirname "$0")/.."

say() { printf 'build-push: %s\n' "$*" >&2; }
fail() { say "$@"; exit 1; }

image=${1:-}
[ -n "$image" ] || { say "usage: scripts/build-push.sh IMAGE, or make build-push IMAGE=…"; exit 64; }
command -v aws > /dev/null || fail "there is no aws client on the path: pip install awscli"
command -v docker > /dev/null || fail "there is no docker client on the path"
docker version > /dev/null 2>&1 || fail "docker's engine does not answer: is it running, and may you use it?"

# The guide's order: what is given, then what is configured, then us-west-2.
region=${REGION:-${AWS_REGION:-${AWS_DEFAULT_REGION:-$(aws configure get region || true)}}}
region=${region:-us-west-2}

# Asked for even where ACCOUNT is given: wrong credentials are better known before a build than after it.
if ! caller=$(aws sts get-caller-identity --region "$region" --query Account --output text 2>&1); then
    fail "AWS does not accept the credentials here (set AWS_PROFILE, or run aws configure): $caller"
fi
account=${ACCOUNT:-$caller}

case $region in
    cn-*) registry=$account.dkr.ecr.$region.amazonaws.com.cn ;;
    *) registry=$account.dkr.ecr.$region.amazonaws.com ;;
esac
tag=$(git describe --always --dirty 2> /dev/null || echo "v$(scripts/version.sh)")
address=$registry/$image:$tag

ensure_repository() {
    found=$(aws ecr describe-repositories --region "$region" --registry-id "$account" --repository-names "$image" 2>&1) \
        && return
    case $found in
        *RepositoryNotFoundException*) ;;
        *) fail "the repository $image cannot be looked up: $found" ;;
    esac
    # A repository is created in the account of the credentials, whatever ACCOUNT says.
    [ "$account" = "$caller" ] || fail "account $account has no repository $image, and these credentials are of $caller"
    aws ecr create-repository --region "$region" --repository-name "$image" > /dev/null
    say "created the repository $image in $region"
}

# SageMaker answers "unsupported manifest media type" to anything else, and only when an endpoint is made.
check_manifest() {
    type=$(docker manifest inspect --verbose "$address" \
        | sed -n 's/.*"mediaType": "\(.*manifest.*\)".*/\1/p' | sort -u)
    [ "$type" = application/vnd.docker.distribution.manifest.v2+json ] \
        || fail "the pushed manifest is ${type:-unreadable}, and SageMaker takes one Docker v2 schema 2 manifest alone"
}

ensure_repository
aws ecr get-login-password --region "$region" | docker login --username AWS --password-stdin "$registry" >&2
scripts/image.sh "$address" ${PLATFORM:+"$PLATFORM"} >&2
docker push "$address" >&2
check_manifest
say "SageMaker can use $address"
echo "$address"
