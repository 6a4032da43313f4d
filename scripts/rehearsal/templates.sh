#!/usr/bin/env bash
# The templates of examples/deploy: CloudFormation, Kubernetes, KServe; and the workflows of .github.
. scripts/rehearsal/common.sh

cfn-lint examples/deploy/cloudformation.yaml
proof "CloudFormation template" "cfn-lint" "no complaint"
sed 's/AWS::SageMaker::Model$/AWS::SageMaker::Modell/' examples/deploy/cloudformation.yaml > "$work/wrong.yaml"
refuses "… and cfn-lint would see a wrong one" "AWS::SageMaker::Modell" cfn-lint "$work/wrong.yaml"

start_moto
export AWS_DEFAULT_REGION=us-west-2
aws cloudformation deploy --stack-name diabetes --template-file examples/deploy/cloudformation.yaml \
    --capabilities CAPABILITY_IAM --parameter-overrides ImageUri=1.dkr.ecr.us-west-2.amazonaws.com/sagelet:1 \
    ModelBucket=models ModelKey=diabetes/model.tar.gz SageletLog=json InstanceCount=2 Alarms=yes Deployment=canary \
    > "$work/stack.log" 2>&1 || { cat "$work/stack.log" >&2; fail "aws cloudformation deploy"; }
model=$(aws sagemaker list-models --query 'Models[0].ModelName' --output text)
equal "… as a stack in moto: variables reach the model" "aws cloudformation deploy" \
    "$(aws sagemaker describe-model --model-name "$model" --query PrimaryContainer.Environment.SAGELET_LOG --output text)" json

kubernetes-validate --strict examples/deploy/kubernetes.yaml > "$work/kubernetes.log"
proof "Kubernetes manifest" "kubernetes-validate --strict" "$(grep -c passed "$work/kubernetes.log") objects, $(grep -o 'version .*' "$work/kubernetes.log" | head -n 1)"
sed 's/readOnlyRootFilesystem/readOnlyRootFileSystem/' examples/deploy/kubernetes.yaml > "$work/wrong.yaml"
refuses "… and kubernetes-validate would see a wrong one" "readOnlyRootFileSystem" kubernetes-validate --strict "$work/wrong.yaml"

"$work/kserve/bin/python" scripts/rehearsal/kserve_types.py examples/deploy/kserve.yaml > "$work/kserve.out"
proof "KServe InferenceService" "kserve_types.py" "$(cat "$work/kserve.out")"
sed 's/maxReplicas: 4/maxReplicas: many/' examples/deploy/kserve.yaml > "$work/wrong.yaml"
refuses "… and kserve_types.py would see a wrong one" "maxReplicas" \
    "$work/kserve/bin/python" scripts/rehearsal/kserve_types.py "$work/wrong.yaml"

check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml > "$work/workflows.log"
proof "workflows" "check-jsonschema" "$(tail -n 1 "$work/workflows.log")"
sed 's/runs-on/run-on/' .github/workflows/ci.yml > "$work/wrong.yaml"
refuses "… and check-jsonschema would see a wrong one" "run-on" \
    check-jsonschema --builtin-schema vendor.github-workflows "$work/wrong.yaml"
