# An index of what can be done here. Every line is a command that works without make too.

CARGO  = cargo
IMAGE  = sagelet
PORT   = 8080
# What `make serve` serves: the tree that a platform mounts under /opt/ml.
PREFIX = target/example
INPUT  = examples/local_test/test_dir/input
STATIC = target/static/sagelet

.PHONY: help agreement agreement-train serve test test-portable test-mutations simulate soak check check-targets static static-all wheel test-wheel test-static test-emulated torture reproducible clients \
        image build-push create-endpoint update-endpoint rollback-endpoint \
        prune-endpoint create-alarms invoke delete-endpoint batch-transform train-job rehearse \
        example deny clean check-exports bench bench-training train-demo compare-training
.DEFAULT_GOAL := help

help: ## Say what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-17s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

serve: $(PREFIX)/model/model.cbor ## Serve the example model on PORT (8080), trained first if there is none
	$(CARGO) build --release --locked --bin sagelet
	@echo "once it listens: curl --data-binary @examples/diabetes/payload.csv -H 'Content-Type: text/csv' localhost:$(PORT)/invocations"
	$(CARGO) run --release --locked --quiet --bin sagelet -- serve --prefix $(PREFIX) --port $(PORT)

test: ## Run all tests
	$(CARGO) test --workspace --locked

test-portable: ## Run the integration tests on the poller of systems without epoll
	$(CARGO) test --locked --test integration --features portable-poller

check-targets: ## Type-check for macOS, and model-tools for Windows (adds the targets with rustup)
	rustup target add aarch64-apple-darwin x86_64-apple-darwin x86_64-pc-windows-gnu
	$(CARGO) check --workspace --all-targets --locked --target aarch64-apple-darwin
	$(CARGO) check --workspace --all-targets --locked --target x86_64-apple-darwin
	$(CARGO) check --package model-tools --locked --target x86_64-pc-windows-gnu

test-mutations: ## Read 100,000 damaged models; break each promise and see that its test notices
	MUTATIONS=100000 $(CARGO) test --locked --package model-tools --bin model-tools mutation
	scripts/mutants.sh

simulate: ## Run 20,000 schedules of simulated connections
	SIMULATIONS=20000 $(CARGO) test --locked --lib simulation

# Seconds of what runs as long as it is told to.
TIME = 60

soak: ## Send mixed and hostile traffic to a server for TIME (60) seconds
	SOAK=$(TIME) $(CARGO) test --locked --test soak -- --nocapture

check: ## Check format, lints and documentation
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets --locked -- -D warnings
	$(CARGO) clippy --package model-tools --locked -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --workspace --no-deps --locked

check-exports: ## Predict with exported models in the engines they are for (needs python3, cc, java)
	scripts/check-exports.sh

agreement: ## Predict the same rows with scikit-learn and sagelet in every format (needs python3)
	scripts/agreement.sh

agreement-train: ## Check that trained models are optimal, with 40 digits (needs python3)
	scripts/agreement-train.sh

static: ## Build the static binary, target/static/sagelet
	scripts/static.sh

static-all: ## Build the static binaries of x86_64 and aarch64
	scripts/static.sh x86_64
	scripts/static.sh aarch64

test-static: static ## Run the integration tests on the static binary, and see that it is static
	SAGELET_BINARY=$(CURDIR)/$(STATIC) $(CARGO) test --locked --test static --test integration

torture: ## Fail system calls and open 10,000 connections (needs strace, and leave to use it)
	$(CARGO) test --locked --test torture

test-emulated: ## Run the integration tests on the static binary of aarch64, emulated by qemu
	command -v qemu-aarch64-static > /dev/null || { apt-get update && apt-get install --yes qemu-user-static; }
	scripts/static.sh aarch64
	SAGELET_BINARY=$(CURDIR)/scripts/emulated.sh $(CARGO) test --locked --test integration

wheel: ## Build the Python wheel of this machine's architecture, target/wheels
	scripts/wheel.sh

test-wheel: wheel ## Try the wheel and the notebook in a fresh virtual environment
	scripts/test-wheel.sh

reproducible: ## Build the last commit here and in another directory, and see that the digests are the same
	scripts/reproducible.sh

image: ## Build the container image IMAGE (sagelet); PLATFORM= PREBUILT=1 are optional
	scripts/image.sh $(IMAGE) $(PLATFORM)

build-push: ## Build IMAGE and push it to Amazon ECR; REGION= ACCOUNT= PLATFORM= PREBUILT=1 are optional
	@scripts/build-push.sh $(IMAGE)

# What these take is at the top of scripts/endpoint.sh; DRY_RUN=1 prints the calls.
create-endpoint: ## Make an endpoint: ENDPOINT= IMAGE_URI= ROLE= MODEL_DATA=
	@scripts/endpoint.sh $@

update-endpoint: ## Change ENDPOINT=: MODEL_DATA= IMAGE_URI= ENV= …, what is not given stays; DEPLOYMENT=canary
	@scripts/endpoint.sh $@

rollback-endpoint: ## Give ENDPOINT= back what it had before its last update, or CONFIG=
	@scripts/endpoint.sh $@

prune-endpoint: ## Delete what ENDPOINT= had before
	@scripts/endpoint.sh $@

create-alarms: ## Make alarms of ENDPOINT= on errors, refusals and latency
	@scripts/endpoint.sh $@

invoke: ## Send the file PAYLOAD= to ENDPOINT=
	@scripts/endpoint.sh $@

delete-endpoint: ## Delete ENDPOINT= and what was made for it
	@scripts/endpoint.sh $@

batch-transform: ## Predict ROWS= into OUTPUT=: JOB= IMAGE_URI= ROLE= MODEL_DATA=
	@scripts/endpoint.sh $@

train-job: ## Train on TRAINING= into OUTPUT=: JOB= IMAGE_URI= ROLE=
	@scripts/endpoint.sh $@

rehearse: ## Rehearse all that without a cloud: docker, a registry, moto (Debian, root); STEPS= for some
	scripts/rehearse.sh $(STEPS)

clients: ## Send the iris example by the clients that people use (needs what scripts/clients.txt lists)
	$(CARGO) build --locked --bin sagelet
	python3 scripts/clients.py target/debug/sagelet

bench: static ## Measure the static binary against peers (needs wrk; nginx if it is there)
	cd benches && $(CARGO) build --release --locked && $(CARGO) run --release --locked -- $(CURDIR)/$(STATIC)

example: ## Write examples/diabetes/model.cbor anew
	$(CARGO) run --release --locked --quiet --bin sagelet -- train --prefix examples/local_test/test_dir
	cp examples/local_test/test_dir/model/model.cbor examples/diabetes/model.cbor

train-demo: ## Fit a public data set, serve the model and send it a row (needs python3 with pip, and curl)
	$(CARGO) build --release --locked --bin sagelet
	scripts/training/demo.sh target/release/sagelet

bench-training: ## Time training against pandas with scikit-learn and polars with numpy (needs their Python packages)
	$(CARGO) build --release --locked --bin sagelet
	python3 benches/training/bench.py target/release/sagelet

compare-training: ## Compare fits with scikit-learn, statsmodels and glmnet (needs those of Python; R is optional)
	$(CARGO) build --release --locked --bin sagelet
	python3 scripts/training/compare.py target/release/sagelet
	python3 scripts/training/choose.py target/release/sagelet

deny: ## Check licences, advisories and sources of dependencies (needs cargo-deny)
	$(CARGO) deny --locked --workspace check

clean: ## Remove everything that was built
	$(CARGO) clean

$(PREFIX)/model/model.cbor:
	mkdir -p $(PREFIX)
	cp -R $(INPUT) $(PREFIX)
	$(CARGO) run --release --locked --bin sagelet -- train --prefix $(PREFIX)
