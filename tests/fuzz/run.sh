#!/bin/sh
# run.sh TARGET SEEDS CORPUS: fuzzes for $MAIL_FUZZ_SECONDS (5) with the seeds as a start; what is found stays in CORPUS.
set -eu
mkdir -p "$3"
exec "$1" -max_total_time="${MAIL_FUZZ_SECONDS:-5}" -timeout=10 -rss_limit_mb=2048 -max_len=65536 -print_final_stats=1 -artifact_prefix="$3/../" "$3" "$2"
