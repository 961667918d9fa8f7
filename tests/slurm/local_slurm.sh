#!/usr/bin/env bash
# A real Slurm of one node on the loopback, with its own munge: nothing of the system's is used or
# changed, and any user may start one.
#   local_slurm.sh DIR CONTROLLER_PORT NODE_PORT
# Prints "ready" once export SLURM_CONF=DIR/slurm.conf leads to it. When its input ends, and so also
# when whoever started it dies, it ends the jobs and the daemons. Needs Debian's slurm-wlm and munge.
# DIR is absolute, and short: it holds a socket.
set -euo pipefail
PATH=$PATH:/usr/sbin:/sbin

if (($# != 3)); then
  sed -n '2,7s/^# \{0,1\}//p' "$0" >&2
  exit 2
fi
readonly dir=$1 controller=$2 node=$3
export SLURM_CONF=$dir/slurm.conf

configure() {
  local host me
  host=$(hostname -s) me=$(id -un)
  mkdir -p "$dir"/{state,spool,log,munge}
  chmod 755 "$dir"
  chmod 700 "$dir/munge"
  (umask 077 && head -c 1024 /dev/urandom >"$dir/munge/key")
  # Files stand for two GPUs, so that scripts may ask for one each.
  touch "$dir"/gpu{0,1}
  echo "Name=gpu File=$dir/gpu[0-1]" >"$dir/gres.conf"
  cat >"$dir/slurm.conf" <<CONF
ClusterName=local
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$controller
SlurmdPort=$node
SlurmUser=$me
SlurmdUser=$me
AuthType=auth/munge
CredType=cred/munge
# A requeued job waits as long as a credential lives, two minutes otherwise.
AuthInfo=socket=$dir/munge/socket,cred_expire=5
SlurmctldPidFile=$dir/slurmctld.pid
SlurmdPidFile=$dir/slurmd.pid
SlurmctldLogFile=$dir/log/slurmctld.log
SlurmdLogFile=$dir/log/slurmd.log
SlurmdSpoolDir=$dir/spool
StateSaveLocation=$dir/state
MailProg=/bin/true
MpiDefault=none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SchedulerType=sched/backfill
SchedulerParameters=bf_interval=1,sched_interval=2
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
GresTypes=gpu
ReturnToService=2
KillWait=5
JobRequeue=1
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) Gres=gpu:2 State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
CONF
}

start() {
  # The superuser's munged refuses folders that others may write to, such as a temporary one's parent.
  munged --force --socket="$dir/munge/socket" --key-file="$dir/munge/key" \
    --pid-file="$dir/munged.pid" --log-file="$dir/log/munged.log" --seed-file="$dir/munge/seed"
  slurmctld
  slurmd
  for _ in $(seq 60); do
    if [[ $(sinfo --noheader --format=%T 2>/dev/null) == idle ]]; then return; fi
    sleep 0.5
  done
  echo "Slurm did not come up; its logs:" >&2
  tail -n 20 "$dir"/log/* >&2
  exit 1
}

# Waits until the process is gone, so that the folder can be removed.
end_process() {
  local pid
  [[ -f $1 ]] || return 0
  pid=$(<"$1")
  kill "$pid" 2>/dev/null || return 0
  for _ in $(seq 50); do
    kill -0 "$pid" 2>/dev/null || return 0
    sleep 0.1
  done
  kill -KILL "$pid" 2>/dev/null || true
}

stop() {
  if [[ -f $dir/slurmctld.pid ]]; then
    timeout 10 scancel --user="$(id -un)" || true
    for _ in $(seq 40); do
      [[ -n $(timeout 10 squeue --noheader 2>/dev/null) ]] || break
      sleep 0.5
    done
  fi
  for name in slurmd slurmctld munged; do end_process "$dir/$name.pid"; done
}

trap stop EXIT
configure
start
echo ready
cat >/dev/null
