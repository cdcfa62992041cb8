# For scripts that ask with curl and jq; needs SIGNOFF_URL and SIGNOFF_TOKEN. Whatever goes wrong ends the script.
set -euo pipefail

call() { # call PATH [options of curl]: the answer; of anything but a success what is wrong, on stderr
  local answer status
  answer=$(mktemp)
  status=$(curl -sS -o "$answer" -w '%{http_code}' --max-time 70 --retry "${SIGNOFF_RETRIES:-5}" --retry-connrefused \
    -H "Authorization: Bearer $SIGNOFF_TOKEN" -H "Content-Type: application/json" "$SIGNOFF_URL/v1$1" "${@:2}") ||
    status=000
  case $status in
    2??) jq -ce objects "$answer" || { echo "that is no answer of Signoff" >&2 && false; } ;;
    000) false ;;
    *) jq -r '.detail? // "that is no answer of Signoff"' "$answer" >&2; false ;;
  esac || { rm -f "$answer"; return 1; }
  rm -f "$answer"
}

word() { # what only this attempt knows: with it a retry gets the claim it has already made
  od -An -N16 -tx1 /dev/urandom | tr -d ' \n'
}

decided() { # decided PROPOSAL: waits for people, however long they take, and prints the proposal as it is then
  local proposal=$1 query
  while [ "$(jq -r .status <<<"$proposal")" = pending ]; do
    # A question that nobody answers would end each wait at once: from then on only news of it counts.
    query=$(jq -r 'if .question != null and .question.reply == null then "&after=\(.version)" else "" end' <<<"$proposal")
    proposal=$(call "/proposals/$(jq -r .id <<<"$proposal")?wait=50$query") || return
  done
  printf '%s\n' "$proposal"
}

claim() { # claim PROPOSAL CLAIMANT: takes what was approved, once, and prints it; run its .payload and nothing else
  local claimed
  claimed=$(jq -n --argjson proposal "$1" --arg claimant "$2" '{digest: $proposal.digest, $claimant}' |
    call "/proposals/$(jq -r .id <<<"$1")/claim" -d @-) || return
  jq -ce 'select(.status == "claimed" and (.payload | type) == "object")' <<<"$claimed"
}

report() { # report ID succeeded|failed|unknown DETAIL
  jq -n --arg status "$2" --arg detail "$3" '{$status, $detail}' | call "/proposals/$1/outcome" -d @- >/dev/null
}
