#!/bin/sh
# run.sh TARGET SEEDS CORPUS: fuzzes for $MAIL_FUZZ_SECONDS (5) with the seeds as a start; what is found stays in CORPUS.
# The same run every time, so that a change answers for itself alone; MAIL_FUZZ_SEED=0 takes a new way each time.
set -eu
mkdir -p "$3"
exec "$1" -seed="${MAIL_FUZZ_SEED:-1}" -max_total_time="${MAIL_FUZZ_SECONDS:-5}" -timeout=20 -rss_limit_mb=2048 -max_len=65536 \
    -print_final_stats=1 -artifact_prefix="$3/../" "$3" "$2"
