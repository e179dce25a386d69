#!/usr/bin/env bash
# Changes your own password, for instance the temporary one you were given.
#
#     change-my-password.sh USERNAME
#
# On a terminal it asks, hidden: the current password, then the new one twice. Otherwise it reads
# two lines from stdin, the current one and the new one. Neither ever stands on a command line.
#
# The exit status is that of ccadmin: 0 changed, 6 the current password is wrong or has expired,
# 8 the new one is too weak.

set -uo pipefail

if [[ $# -ne 1 ]]; then
    echo 'usage: change-my-password.sh USERNAME' >&2
    exit 2
fi

if [[ ! -t 0 ]]; then
    exec ccadmin passwd --own --password-stdin -- "$1"
fi

# A slip of the finger is no reason to begin again by hand; a forgotten password is one to stop.
for try in 1 2 3; do
    ccadmin passwd --own -- "$1"
    status=$?
    [[ $status -eq 6 && $try -lt 3 ]] || break
    echo 'Once more:' >&2
done
exit "$status"
