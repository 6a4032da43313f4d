#!/usr/bin/env bash
# `make build-push` with the real aws client (moto answers STS and ECR) and a real registry behind the real
# addresses of ECR, with TLS and a password.
. scripts/rehearsal/common.sh

account=123456789012
hosts=("$account".dkr.ecr.{us-west-2,eu-central-1}.amazonaws.com "$account.dkr.ecr.cn-north-1.amazonaws.com.cn")
registry=$work/registry

start_registry() {
    rm -rf "$registry" && mkdir -p "$registry"
    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=registry -keyout "$registry/key" \
        -addext "subjectAltName=$(printf 'DNS:%s,' "${hosts[@]}" | sed 's/,$//')" -out "$registry/certificate" \
        2> /dev/null
    for host in "${hosts[@]}"; do
        mkdir -p "/etc/docker/certs.d/$host"
        cp "$registry/certificate" "/etc/docker/certs.d/$host/ca.crt"
    done
    # The password that moto's ECR gives out: the push proves that get-login-password was asked for it.
    password=$(aws ecr get-login-password --region us-west-2)
    PASSWORD=$password python3 -c 'import bcrypt, os
print("AWS:" + bcrypt.hashpw(os.environ["PASSWORD"].encode(), bcrypt.gensalt(5)).decode())' > "$registry/passwords"
    cat > "$registry/configuration" <<YAML
version: 0.1
storage: {filesystem: {rootdirectory: "$registry/data"}}
http: {addr: "127.0.0.1:443", tls: {certificate: "$registry/certificate", key: "$registry/key"}}
auth: {htpasswd: {realm: ECR, path: "$registry/passwords"}}
YAML
    docker-registry serve "$registry/configuration" > "$work/registry.log" 2>&1 &
    trap 'kill "$moto" "$!" 2> /dev/null || true' EXIT
    until_true curl --silent --output /dev/null --cacert "$registry/certificate" "https://${hosts[0]}/v2/" \
        || { cat "$work/registry.log" >&2; fail "the registry did not start"; }
}

repository() { aws ecr describe-repositories --region "$1" --query 'repositories[0].repositoryUri' --output text; }

# pushes IMAGE REGION HOST [SETTING…]: make build-push, and what then lies in the registry.
pushes() {
    local address
    address=$(make --no-print-directory build-push IMAGE="$1" PREBUILT=1 "${@:4}" 2> "$work/push.log") \
        || { tail -n 20 "$work/push.log" >&2; fail "make build-push IMAGE=$1 ${*:4}"; }
    equal "$2: pushed" "make build-push IMAGE=$1 ${*:4}" "$address" "$3/$1:$(git describe --always --dirty)"
    equal "$2: the repository was created" "aws ecr describe-repositories" "$(repository "$2" | cut -d / -f 2)" "$1"
    skopeo inspect --raw --creds "AWS:$password" --cert-dir "/etc/docker/certs.d/$3" "docker://$address" > "$work/manifest.json"
    equal "$2: media type of the manifest" "skopeo inspect --raw" \
        "$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["mediaType"])' "$work/manifest.json")" \
        application/vnd.docker.distribution.manifest.v2+json
    # A platform in the manifest's configuration, and the bytes that are pulled.
    equal "$2: platform" "skopeo inspect" "$(skopeo inspect --creds "AWS:$password" --cert-dir "/etc/docker/certs.d/$3" \
        --override-arch "${platform:-amd64}" "docker://$address" --format '{{.Os}}/{{.Architecture}}')" "linux/${platform:-amd64}"
}

start_moto
start_registry
pushes sagelet us-west-2 "${hosts[0]}"
make --no-print-directory build-push IMAGE=sagelet PREBUILT=1 > "$work/again" 2> "$work/push.log" || { cat "$work/push.log" >&2; fail "again"; }
proof "us-west-2: again, into the repository there is" "make build-push IMAGE=sagelet" "$(cut -d / -f 2 "$work/again")"
platform=arm64 pushes sagelet-arm64 eu-central-1 "${hosts[1]}" REGION=eu-central-1 PLATFORM=linux/arm64
pushes sagelet cn-north-1 "${hosts[2]}" REGION=cn-north-1 ACCOUNT=$account
at_most "bytes to pull, compressed" "skopeo inspect --raw" "$(python3 -c 'import json, sys
print(sum(layer["size"] for layer in json.load(open(sys.argv[1]))["layers"]))' "$work/manifest.json")" "$pull_bytes" bytes

# What is pushed is what runs.
address=${hosts[0]}/sagelet:$(git describe --always --dirty)
docker image rm "$address" > /dev/null
equal "pulled back: runs" "docker run ADDRESS version" "$(docker run --rm "$address" version 2> /dev/null)" \
    "sagelet $(scripts/version.sh)"

# What goes wrong is said.
only() { # only PROGRAM…: a path that holds these and what every machine has
    rm -rf "$work/path" && mkdir -p "$work/path"
    for program in sh dirname sed head cat git "$@"; do ln -s "$(command -v "$program")" "$work/path/$program"; done
}
only docker
refuses "no aws client" "there is no aws client on the path" env PATH="$work/path" scripts/build-push.sh sagelet
only aws
refuses "no docker" "there is no docker client on the path" env PATH="$work/path" scripts/build-push.sh sagelet
refuses "no engine" "docker's engine does not answer" env DOCKER_HOST=unix:///nowhere scripts/build-push.sh sagelet
refuses "no credentials" "AWS does not accept the credentials here" \
    env --unset AWS_ACCESS_KEY_ID --unset AWS_SECRET_ACCESS_KEY scripts/build-push.sh sagelet
refuses "no name" "usage: scripts/build-push.sh IMAGE" scripts/build-push.sh
