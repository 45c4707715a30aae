#!/bin/sh
# On the main branch: publish what is approved and due, push the record back, and only then say how it went.
# Needs PUSH_URL (an address that may push to main) in the environment.
set -u
branch=${1:-main}
refused=0
.venv/bin/greenchannel publish || refused=$?
git add releases
if ! git diff --cached --quiet; then
  git -c user.name=greenchannel -c user.email=greenchannel@localhost commit -q -m "Record of publication [skip ci]" || exit 2
  # Without the record nothing goes on: the site must never show what the record in the repository lacks.
  git push "$PUSH_URL" "HEAD:$branch" || exit 2
fi
echo "$refused" > .published
