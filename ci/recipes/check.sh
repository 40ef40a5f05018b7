#!/bin/sh
# A gate for any CI system, in POSIX sh: puts parity in place, checks, leaves the record and the reports, ends as parity does.
#
#   ci/recipes/check.sh [ARGUMENT of `parity check`]...
#   ci/recipes/check.sh --merge RECORD...      the records of all shares, as one run
#
# Run it where parity.toml is. What it reads from the environment:
#
#   PARITY           a parity that is there already; else the one that PATH finds; else a release is fetched
#   PARITY_RELEASES  where releases are: https://HOST/OWNER/parity/releases/download
#   PARITY_VERSION   which release, by default 0.1.0
#   PARITY_SHA256    the SHA-256 of its archive, by default what was published beside it
#   PARITY_SHARE     one share of the cases, such as 2/5: its findings end with 0, because the merge judges; only what kept
#                    it from being recorded fails
#   PARITY_OUT       where the record and the reports go, by default parity-out
set -eu

out=${PARITY_OUT:-parity-out}
share=${PARITY_SHARE:-}
latest=.parity/records/latest.jsonl

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }

fail() {
  say "$*"
  exit 3
}

fetch() { curl --fail --silent --show-error --location --retry 3 --max-time 120 --output "$2" "$1" || fail "cannot fetch $1"; }

# Sets `parity`.
install() {
  case $(uname -sm) in
    'Linux x86_64') target=x86_64-unknown-linux-musl ;;
    'Linux aarch64' | 'Linux arm64') target=aarch64-unknown-linux-musl ;;
    *) fail "there is no release for $(uname -sm): build parity, and name it with PARITY" ;;
  esac
  version=${PARITY_VERSION:-0.1.0}
  name=parity-${version#v}-$target
  address=${PARITY_RELEASES:?"no parity is here, so say where releases are"}/v${version#v}/$name.tar.gz
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
  fetch "$address" "$folder/archive"
  sum=${PARITY_SHA256:-}
  if [ -z "$sum" ]; then
    fetch "$address.sha256" "$folder/sum"
    sum=$(cut -d ' ' -f 1 "$folder/sum")
  fi
  printf '%s  %s\n' "$sum" "$folder/archive" | sha256sum -c - >/dev/null || fail "$address has not the SHA-256 $sum"
  tar -xzf "$folder/archive" -C "$folder"
  parity=$folder/$name/parity
}

if [ -n "${PARITY:-}" ]; then
  parity=$PARITY
elif parity=$(command -v parity); then
  :
else
  install
fi
"$parity" --version >&2 || fail "$parity does not run here"

# Nothing of an earlier run may pass for something of this one.
mkdir -p "$out"
for old in record.jsonl comment.md junit.xml report.html; do rm -f "$out/$old"; done
before=$(readlink "$latest" || true)

export CI=true
status=0
if [ "${1:-}" = --merge ]; then
  shift
  "$parity" merge "$@" --output "$out/record.jsonl" \
    --report markdown="$out/comment.md" --report junit="$out/junit.xml" --report html="$out/report.html" || status=$?
  exit "$status"
fi

if [ -n "$share" ]; then set -- "$@" --shard "$share"; fi
"$parity" check "$@" \
  --report markdown="$out/comment.md" --report junit="$out/junit.xml" --report html="$out/report.html" || status=$?
after=$(readlink "$latest" || true)
if [ -n "$after" ] && [ "$after" != "$before" ]; then cp "$latest" "$out/record.jsonl"; fi

case $share:$status in
  ?*:[134])
    # Only a record that has its end can be judged by somebody else.
    if [ -f "$out/record.jsonl" ] && tail -n 1 "$out/record.jsonl" | grep -q '^{"type":"end"'; then
      say "parity ended with $status; whoever merges the records judges"
      status=0
    fi
    ;;
esac
exit "$status"
