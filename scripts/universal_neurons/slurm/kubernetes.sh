#!/usr/bin/env bash
# Prints the manifest of a run of un:correlations, or of the merge of its shards, for kubectl.
#   kubernetes.sh shards NAME SHARDS -- OPTION... | kubectl apply -f -
#   kubectl wait --for=condition=complete --timeout=-1s job/NAME
#   kubernetes.sh merge NAME -- --out /data/run | kubectl apply -f -
#
# OPTION is of un:correlations but --shard, with paths in the container: the volume is /data. From
# the environment: NEURITE_IMAGE, an image with Deno and the project in /neurite; NEURITE_CLAIM, a
# persistent volume claim that all pods may write to; NEURITE_JOBS, shards at once (all).
set -euo pipefail

usage() {
  sed -n '2,9s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
  exit 2
}

# A string of JSON, which is one of YAML.
quoted() {
  local text=$1
  if [[ $text == *[[:cntrl:]]* ]]; then
    echo "control characters in an option: $(printf %q "$text")" >&2
    exit 2
  fi
  text=${text//\\/\\\\}
  printf '"%s"' "${text//\"/\\\"}"
}

readonly kind=${1:-} name=${2:-}
[[ $name =~ ^[a-z0-9]([a-z0-9-]{0,50}[a-z0-9])?$ ]] || usage
case $kind in
shards)
  readonly shards=${3:-} jobs=${NEURITE_JOBS:-${3:-}} file=kubernetes.yaml
  [[ $shards =~ ^[1-9][0-9]{0,5}$ && $jobs =~ ^[1-9][0-9]{0,5}$ && ${4:-} == -- && $# -gt 4 ]] ||
    usage
  shift 4
  set -- "$@" --shard-count "$shards"
  ;;
merge)
  readonly shards='' jobs='' file=kubernetes_merge.yaml
  [[ ${3:-} == -- && $# -gt 3 ]] || usage
  shift 3
  ;;
*) usage ;;
esac
if [[ -z ${NEURITE_IMAGE:-} || -z ${NEURITE_CLAIM:-} ]]; then usage; fi

image=$(quoted "$NEURITE_IMAGE")
claim=$(quoted "$NEURITE_CLAIM")
args=
for word in "$@"; do
  word=$(quoted "$word")
  args+="${args:+, }$word"
done

# Values go in by place, so that braces in one of them are not filled in again.
readonly open="\${NEURITE_"
while IFS= read -r line; do
  before=${line%%"$open"*}
  if [[ $before == "$line" || $line == *'#'* ]]; then
    printf '%s\n' "$line"
    continue
  fi
  key=${line#"$before$open"}
  after=${key#*\}}
  key=${key%%\}*}
  case $key in
  NAME) value=$name ;;
  SHARDS) value=$shards ;;
  JOBS) value=$jobs ;;
  IMAGE) value=$image ;;
  CLAIM) value=$claim ;;
  ARGS) value=[$args] ;;
  *)
    echo "$file: no value for NEURITE_$key" >&2
    exit 1
    ;;
  esac
  printf '%s%s%s\n' "$before" "$value" "$after"
done <"$(dirname "${BASH_SOURCE[0]}")/$file"
