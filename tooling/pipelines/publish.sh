#!/bin/sh
# In the newsroom's folder, on the main branch: record what is approved and due, push the record back, and only then let
# anybody see it: in site/ and at the targets of mkdocs.yml. The receipts are pushed behind it.
# Needs PUSH_URL (an address that may push to main) in the environment, and what the targets need: a key for ssh, or
# AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.
# Exit code: 0 all is public; 1 a release was refused or a place failed, and the rest is public; 2 it could not go on.
set -u
branch=${1:-main}
worst=0
named="-c user.name=greenchannel -c user.email=greenchannel@localhost"

stop() {
  echo "publish.sh: $1" >&2
  exit 2
}

run() {
  code=0
  .venv/bin/greenchannel "$@" || code=$?
  [ "$code" -le "$worst" ] || worst=$code
}

push_record() {
  git add releases || return
  git diff --cached --quiet -- releases && return
  git $named commit -q -m "$1 [skip ci]" -- releases || return
  # Somebody may have pushed to the desk meanwhile; two records that differ do not rebase, and that ends the run.
  git push -q "$PUSH_URL" "HEAD:$branch" || {
    git fetch -q "$PUSH_URL" "$branch" && git $named rebase -q FETCH_HEAD && git push -q "$PUSH_URL" "HEAD:$branch"
  }
}

[ -n "${PUSH_URL:-}" ] || stop "PUSH_URL is not set: an address that may push to $branch"
[ -f mkdocs.yml ] && [ -d content ] || stop "$PWD is no newsroom: mkdocs.yml and content/ are missing"
[ -x .venv/bin/greenchannel ] || stop "$PWD/.venv/bin/greenchannel is missing: install it first"
[ "$(git rev-parse --show-toplevel)" = "$(pwd -P)" ] || stop "$PWD is not the top of a git checkout"

run publish --record-only
[ "$worst" -lt 2 ] || stop "nothing was published"
# Without the record nothing goes on: the site must never show what the record in the repository lacks.
push_record "Record of publication" || stop "the record was not pushed; nobody sees what it says"
run build
push_record "Receipts" || stop "the receipts were not pushed"
exit "$worst"
