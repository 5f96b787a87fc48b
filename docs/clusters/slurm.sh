#!/bin/bash
# One job of the array carries out one order: sbatch --array=0-11 slurm.sh ORDERS CATWALK
#SBATCH --job-name=catwalk
#SBATCH --cpus-per-task=1
#SBATCH --mem=4G
#SBATCH --time=04:00:00
#SBATCH --requeue
#SBATCH --output=%x-%A_%a.txt
set -u
orders=${1:?the folder that catwalk compare --orders has written}
catwalk=${2:-catwalk}

# What was trained stays on the shared file system, so that a job that is requeued goes on from its last epoch.
"$catwalk" work "$orders/$SLURM_ARRAY_TASK_ID.json" --files "$orders/$SLURM_ARRAY_TASK_ID.files"
code=$?

# 75: this node had trouble, and another may do better.
if [ "$code" = 75 ] && [ "${SLURM_RESTART_COUNT:-0}" -lt 2 ] && command -v scontrol >/dev/null; then
  scontrol requeue "${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID"
fi
exit "$code"
