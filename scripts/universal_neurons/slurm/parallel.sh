#!/usr/bin/env bash
# Runs all shards of un:correlations on one machine with GNU parallel, and merges them.
#   parallel.sh SHARDS OUT -- OPTION...
#   NEURITE_JOBS=4 parallel.sh 32 run -- --model-1 a --model-2 b --tokens rows/tokens.safetensors
#
# OPTION is of un:correlations but --out and --shard. The same line run again keeps the shards that
# are whole and goes on with the others. From the environment: NEURITE_JOBS, shards at once (1);
# NEURITE_MERGE, options of un:merge such as "--memory 64G".
set -euo pipefail

usage() {
  sed -n '2,8s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
  exit 2
}

(($# >= 4)) || usage
readonly shards=$1 out=$2
[[ $shards =~ ^[1-9][0-9]{0,5}$ && $out != -* && $3 == -- ]] || usage
shift 3

scripts=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
readonly scripts
read -ra for_merge <<<"${NEURITE_MERGE:-}"

# A shard that is killed goes on from what it saved, twice; a stop leaves two minutes to save.
seq "$shards" | parallel --quote --jobs "${NEURITE_JOBS:-1}" --retries 3 --halt soon,fail=1 \
  --termseq TERM,120000,KILL,100 -I '{shard}' \
  "$scripts/correlations.ts" "$@" --out "$out" --shard "{shard}/$shards"
"$scripts/merge.ts" --out "$out" ${for_merge[@]+"${for_merge[@]}"}
