#!/usr/bin/env bash
# Runs a command as the work of a Slurm job, and puts the job back into the queue when the command was
# stopped before its end. The job script ends with
#   exec requeue.sh COMMAND [ARGUMENT...]
# and has: #SBATCH --requeue --open-mode=append --signal=B:USR1@120
#
# Exit 75 (stopped, all saved) and death by a signal (kill -9, out of memory) are put back, at most
# NEURITE_RESTARTS times (50); any other exit is the job's own.
set -euo pipefail

if (($# == 0)) || [[ -z ${SLURM_JOB_ID:-} ]]; then
  sed -n '2,9s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
  exit 2
fi

child=
# --signal=B: reaches this shell alone, and goes on as SIGTERM: at SIGUSR1 Deno opens its debugger's
# port too. A SIGTERM from Slurm (scancel, preemption, the time limit) reaches every process of the
# job, so it is not handed on: a second one ends the command unsaved.
trap '[[ -z $child ]] || kill -TERM "$child" 2>/dev/null || true' USR1
trap : TERM
"$@" &
child=$!

# A signal ends a wait, not the command; the command's own status is given to every later wait.
while [[ -n $(jobs -pr) ]]; do wait "$child" || true; done
status=0
wait "$child" || status=$?

readonly restarts=${SLURM_RESTART_COUNT:-0} most=${NEURITE_RESTARTS:-50}
if ((status == 75 || status > 128)) && ((restarts < most)); then
  job=$SLURM_JOB_ID
  if [[ -n ${SLURM_ARRAY_JOB_ID:-} ]]; then job=${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID; fi
  echo "exit $status after $restarts restarts: asking Slurm to queue job $job again" >&2
  # Only what runs: a job that was cancelled, or that Slurm requeues itself, is left as it is.
  scontrol requeue incomplete "$job" || true
fi
exit "$status"
