#!/usr/bin/env bash
# Moves users over from another system, whose export has other columns and other words:
#
#     migrate.sh examples/other-system.csv > plan.jsonl      shows what would be done
#     migrate.sh examples/other-system.csv passwords.csv     does it
#
# Can be run again as long as both systems are in use: who already exists is brought up to date, and
# their password stays. `--map` says what a column means (`-`: nothing), `--map-role` what a role is,
# `--default` what everybody has of whom the file says nothing.

set -euo pipefail

import() {
    ccadmin user import "$1" --on-conflict update --create-missing \
        --map 'Login=username' --map 'Name=full_name' --map 'Mail=email' --map 'Tel.=phone' \
        --map 'Position=roles' --map 'Queues=projects' --map 'Cost centre=-' \
        --map-role 'Team Lead=supervisor' --map-role 'Call Taker=agent' \
        --default language=de "${@:2}"
}

case $# in
1) import "$1" --dry-run --no-password -o jsonl ;;
2) import "$1" --generate-passwords --credentials "$2" ;;
*)
    echo 'usage: migrate.sh EXPORT.csv [PASSWORDS.csv]' >&2
    exit 2
    ;;
esac
