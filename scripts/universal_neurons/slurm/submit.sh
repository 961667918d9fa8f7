#!/usr/bin/env bash
# Submits a run of un:correlations to Slurm: an array of shards, and their merge once all are whole.
#   submit.sh SHARDS OUT [SBATCH OPTION...] -- OPTION...
#   submit.sh 64 /data/run --partition=gpu --time=2:00:00 -- \
#     --model-1 a --model-2 b,c --tokens /data/rows/tokens.safetensors --baseline rotation
#
# The same line submitted again keeps the shards that are whole and goes on with the others.
# SBATCH OPTION is for both jobs, OPTION is of un:correlations but --out and --shard. From the
# environment: NEURITE_MERGE, options of un:merge such as "--memory 64G"; NEURITE_RESTARTS, how often
# a task may go back into the queue (50); sbatch's own SBATCH_ACCOUNT and the like. Prints both job
# numbers. What the jobs say goes to OUT/log.
set -euo pipefail

usage() {
  sed -n '2,11s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
  exit 2
}

(($# >= 3)) || usage
readonly shards=$1 out=$2
shift 2
for_sbatch=()
while (($# > 0)) && [[ $1 != -- ]]; do
  for_sbatch+=("$1")
  shift
done
[[ $shards =~ ^[1-9][0-9]{0,5}$ && $out != -* && ${1:-} == -- && $# -gt 1 ]] || usage
shift

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
NEURITE_ROOT=$(cd "$here/../../.." && pwd)
export NEURITE_ROOT
mkdir -p "$out/log"
read -ra for_merge <<<"${NEURITE_MERGE:-}"

array=$(sbatch --parsable --array="1-$shards" --output="$out/log/%x-%A_%a.log" \
  ${for_sbatch[@]+"${for_sbatch[@]}"} "$here/correlations.sbatch" "$@" --out "$out" \
  --shard-count "$shards")
# On a federation the number is followed by the cluster's name.
merge=$(sbatch --parsable --dependency="afterok:${array%%;*}" --kill-on-invalid-dep=yes \
  --output="$out/log/%x-%j.log" ${for_sbatch[@]+"${for_sbatch[@]}"} "$here/merge.sbatch" \
  --out "$out" ${for_merge[@]+"${for_merge[@]}"})
echo "shards: job ${array%%;*}, merge: job ${merge%%;*}"
