#!/usr/bin/env bash
# Takes a team on: imports its roster, writes a card with the password for each new user, and says
# who has not used theirs after three days.
#
#     onboard.sh ROSTER.csv CARDS.html       on the first day
#     onboard.sh --late                      from cron, each morning
#
# The roster has the columns that `ccadmin user export` writes; teams, skills and projects that are
# not there yet are made. Everything goes in or nothing does: a roster with a fault is refused, each
# bad row is named, and the fixed file can be given again. CARDS.html prints a card a page; it is for
# the printer and for nobody's disk.

set -euo pipefail

late() {
    ccadmin user list --password temporary --never-signed-in --created-before 3d \
        --columns username,full_name,email,created_at
    # A password that has run out is issued anew by `ccadmin passwd`.
    ccadmin user list --password expired --field username |
        while IFS= read -r username; do
            printf 'expired: ccadmin passwd %s --generate-password\n' "$username"
        done
}

case ${1-} in
--late) late ;;
'' | -*)
    echo 'usage: onboard.sh ROSTER.csv CARDS.html | --late' >&2
    exit 2
    ;;
*)
    ccadmin user import "$1" --create-missing --generate-passwords --hand-out "print=$2"
    ;;
esac
