#!/usr/bin/env bash
# A real ACP agent in a few lines of shell: it starts in milliseconds and costs about two megabytes, so that a test can
# have hundreds of them at work at once.
#
#   steady.sh PAUSE [FILE]
#
# A prompt begins a turn that lasts until it is cancelled: every PAUSE seconds one update, each of another kind than the
# one before, so that each is an event of its own; with FILE a line is appended to that file in its folder as well. A
# plan says when it was made, in seconds since 1970. A prompt that has "make an end" in it is answered at once.
LC_ALL=C
pause=${1:-0.05}
file=${2:-}
turn=
count=0
buffer=

send() { printf '%s\n' "$1"; }
answer() { send "{\"jsonrpc\":\"2.0\",\"id\":$1,\"result\":$2}"; }
update() { send "{\"jsonrpc\":\"2.0\",\"method\":\"session/update\",\"params\":{\"sessionId\":\"steady\",\"update\":$1}}"; }
text() { update "{\"sessionUpdate\":\"$1\",\"content\":{\"type\":\"text\",\"text\":\"$2\"}}"; }

work() {
  count=$((count + 1))
  case $((count % 4)) in
    0) text agent_message_chunk "said $count" ;;
    1) text agent_thought_chunk "thought $count" ;;
    2) update "{\"sessionUpdate\":\"plan\",\"entries\":[{\"content\":\"plan $count at $EPOCHREALTIME\",\"priority\":\"low\",\"status\":\"pending\"}]}" ;;
    3) update "{\"sessionUpdate\":\"usage_update\",\"used\":$count,\"size\":200000}" ;;
  esac
  if [ -n "$file" ]; then echo "line $count" >>"$file"; fi
}

hear() {
  local line=$1 id=0
  [[ $line =~ \"id\":([0-9]+) ]] && id=${BASH_REMATCH[1]}
  case $line in
    *'"method":"initialize"'*)
      answer "$id" '{"protocolVersion":1,"agentCapabilities":{"loadSession":false,"sessionCapabilities":{"resume":{}}},"agentInfo":{"name":"steady","version":"1"}}' ;;
    *'"method":"session/new"'*) answer "$id" '{"sessionId":"steady"}' ;;
    *'"method":"session/resume"'*) answer "$id" '{}' ;;
    *'"method":"session/cancel"'*)
      [ -n "$turn" ] && answer "$turn" '{"stopReason":"cancelled"}'
      turn= ;;
    *'"method":"session/prompt"'*)
      case $line in
        *'make an end'*)
          text agent_message_chunk Finished.
          answer "$id" '{"stopReason":"end_turn"}' ;;
        *) turn=$id ;;
      esac ;;
  esac
}

while true; do
  if [ -n "$turn" ]; then IFS= read -r -t "$pause" line; else IFS= read -r line; fi
  status=$?
  # Above 128 the time was up, perhaps in the middle of a line.
  if [ $status -gt 128 ]; then
    buffer+=$line
    work
  elif [ $status -eq 0 ]; then
    hear "$buffer$line"
    buffer=
  else
    exit 0
  fi
done
