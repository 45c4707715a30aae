#!/bin/sh
# On the main branch: record what is approved and due, push the record back, and only then let anybody see it: in site/
# and at the targets of mkdocs.yml. The receipts are pushed behind it.
# Needs PUSH_URL (an address that may push to main) in the environment, and what the targets need: a key for ssh, or
# AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.
set -u
branch=${1:-main}
refused=0
named="-c user.name=greenchannel -c user.email=greenchannel@localhost"

push_record() {
  git add releases
  git diff --cached --quiet && return
  git $named commit -q -m "$1 [skip ci]" || return
  # Somebody may have pushed to the desk meanwhile; two records that differ do not rebase, and that ends the run.
  git push -q "$PUSH_URL" "HEAD:$branch" || {
    git fetch -q "$PUSH_URL" "$branch" && git $named rebase -q FETCH_HEAD && git push -q "$PUSH_URL" "HEAD:$branch"
  }
}

.venv/bin/greenchannel publish --record-only || refused=$?
# Without the record nothing goes on: the site must never show what the record in the repository lacks.
push_record "Record of publication" || exit 2
.venv/bin/greenchannel build || refused=$?
push_record "Receipts" || exit 2
echo "$refused" > .published
