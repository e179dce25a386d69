#!/usr/bin/env bash
# Creates users one by one through a single ccadmin that stays open: as safe as a loop of `user
# create`, and quicker, since no process begins and no store is opened for each of them.
#
#     while ...; do printf '%s\t%s\t%s\n' "$username" "$full_name" "$projects"; done |
#         feed-users.sh > passwords.tsv
#
# A line in (username, full name and projects, separated by tabs; projects joined by `;`), an answer
# out before the next line is read: `USERNAME<TAB>PASSWORD` on stdout for a new user, the reason on
# stderr for one that was refused. Existing users are left unchanged. Whatever kills this script,
# every user who was answered is in the store, and no other.
#
# The exit status is that of ccadmin: 11 when some were refused.

set -euo pipefail
umask 077

coproc CCADMIN {
    exec ccadmin user import - --format jsonl --each -o jsonl --quiet --no-input \
        --on-conflict skip --default roles=agent --generate-passwords
}
# Copies, since bash closes its own when the process ends.
exec {ask}>&"${CCADMIN[1]}" {answers}<&"${CCADMIN[0]}"
eval "exec ${CCADMIN[1]}>&- ${CCADMIN[0]}<&-"
process=$CCADMIN_PID

# JSON holds whatever a name holds: only quotes, backslashes and tabs need care.
quoted() {
    local text=${1//\\/\\\\}
    printf '"%s"' "${text//\"/\\\"}"
}

while IFS=$'\t' read -r username full_name projects; do
    list=()
    IFS=';' read -r -a names <<<"$projects"
    for name in "${names[@]}"; do list+=("$(quoted "$name")"); done
    joined=$(IFS=,; printf '%s' "${list[*]}")
    printf '{"username":%s,"full_name":%s,"projects":[%s]}\n' \
        "$(quoted "$username")" "$(quoted "$full_name")" "$joined" >&"$ask"
    IFS= read -r answer <&"$answers" || break
    # The one field that is needed: a password holds nothing that JSON would write otherwise.
    if [[ $answer =~ \"temporary_password\":\"([^\"]+)\" ]]; then
        printf '%s\t%s\n' "$username" "${BASH_REMATCH[1]}"
    fi
done

exec {ask}>&-
wait "$process"
