#!/usr/bin/env bash
# A process that answers SIGTERM by starting another of its kind, in a session of its own, so often and no more:
#
#   phoenix.sh LIVES
lives=$1
rise() {
  [ "$lives" -gt 0 ] && setsid "$0" $((lives - 1)) </dev/null >/dev/null 2>&1 &
  exit 0
}
trap rise TERM
# A sleep in the foreground would keep the signal waiting.
for _ in $(seq 600); do
  sleep 1 &
  wait $!
done
