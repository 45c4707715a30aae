#!/bin/sh
# shard.sh NEWSROOMS COMMAND...: runs a command in the newsrooms of this shard, one after the other.
# NEWSROOMS is a file with a line for each: its name, a space, the address of its repository. It belongs to the shard that
# the SHA-256 of its name falls to, so a new newsroom moves no other one, and each finds what was cached for it.
# Needs SHARD (from 1) and SHARDS in the environment. Folders are below newsrooms/; whatever is there already is used.
# Exit code: 0 all did; 1 one of them failed, and the others did not wait for it; 2 it could not begin.
set -u
worst=0

stop() {
  echo "shard.sh: $1" >&2
  exit 2
}

checked_out() {
  [ -d "newsrooms/$1/.git" ] || git clone -q --depth 1 "$2" "newsrooms/$1" || return
  # What was built before lies beside it and is not in the repository: it stays.
  git -C "newsrooms/$1" fetch -q --depth 1 origin HEAD && git -C "newsrooms/$1" reset -q --hard FETCH_HEAD
}

[ $# -gt 1 ] || stop "which newsrooms, and what is to be run in them?"
[ -r "$1" ] || stop "$1 cannot be read"
[ "${SHARD:-0}" -ge 1 ] && [ "${SHARDS:-0}" -ge "$SHARD" ] || stop "SHARD is to be from 1 to SHARDS"
list=$1
shift
while read -r name address; do
  number=$(printf %s "$name" | sha256sum | cut -c 1-7)
  [ $((0x$number % SHARDS + 1)) -eq "$SHARD" ] || continue
  echo "$name"
  # Without its own input, or a command that reads would take the rest of the list.
  { checked_out "$name" "$address" && (cd "newsrooms/$name" && "$@"); } < /dev/null || {
    echo "shard.sh: $name failed" >&2
    worst=1
  }
done < "$list"
exit "$worst"
