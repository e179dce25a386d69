#!/usr/bin/env bash
# Creates the users of a roster: a plain loop around ccadmin, and nothing else.
#
#     create-users.sh ROSTER.csv > passwords.tsv
#
# The projects, teams and skills that the roster names are made first, where they are missing; then
# every user, with a temporary password. Each new user is one line `USERNAME<TAB>PASSWORD` on
# stdout: that is the only time the passwords are seen, so keep the file to yourself (umask 077).
#
# Safe to run twice: users who are there already are left unchanged and print nothing. A row that
# fails ends the run with the exit status of ccadmin, and stderr says which row; the rows above it
# are done. Mend it and run again.
#
# The columns are found by their names in the first line, in any order; `username`, `full_name` and
# `roles` have to be there. Lists are joined by `;`, skills are `billing:3`, projects
# `hu-support:20`. A shell cannot take quoted CSV apart, so a roster with a `"` in it is refused
# before anything is written, and so is a row with too many cells: no cell can hold a comma.

set -euo pipefail

# Without a terminal in sight ccadmin never asks; with one it is not to ask either.
export CCADMIN_NO_INPUT=1

die() { # STATUS MESSAGE
    printf 'create-users.sh: %s\n' "$2" >&2
    exit "$1"
}

[[ $# -eq 1 ]] || die 2 'usage: create-users.sh ROSTER.csv'
roster=$1
[[ -r $roster ]] || die 1 "$roster cannot be read"

known=' username full_name email phone state roles teams skills language project_selection projects '

# Reads the next line that is not blank into `cells` (column name -> text), the first one into
# `columns`; false at the end of the file.
declare -A cells
columns=()
line_number=0
next_row() {
    local line='' values i
    until [[ -n ${line//[,[:space:]]/} ]]; do
        IFS= read -r line || [[ -n $line ]] || return 1
        line_number=$((line_number + 1))
    done
    line=${line%$'\r'}
    [[ $line != *'"'* ]] || die 2 "$roster, line $line_number: quoted cells are beyond this script"
    IFS=, read -r -a values <<<"$line"
    cells=()
    if [[ ${#columns[@]} -eq 0 ]]; then
        columns=("${values[@]#$'\xEF\xBB\xBF'}")
        return
    fi
    [[ ${#values[@]} -le ${#columns[@]} ]] ||
        die 2 "$roster, line $line_number: more cells than the first line has"
    for i in "${!columns[@]}"; do
        cells[${columns[i]}]=${values[i]:-}
    done
}

read_header() {
    local column
    columns=()
    line_number=0
    next_row || die 2 "$roster is empty"
    for column in "${columns[@]}"; do
        [[ $known == *" $column "* ]] || die 2 "$roster, line 1: unknown column \`$column\`"
    done
    for column in username full_name roles; do
        [[ " ${columns[*]} " == *" $column "* ]] || die 2 "$roster, line 1: no column \`$column\`"
    done
}

# Adds `OPTION=ITEM` to `arguments` for every item of a list.
add_each() { # OPTION LIST
    local items item
    IFS=';' read -r -a items <<<"$2"
    for item in "${items[@]}"; do
        arguments+=("$1=$item")
    done
}

# 1. What the rows refer to. Nothing is written before the whole file has been read.
declare -A names
gather() { # NOUN LIST
    local items item
    IFS=';' read -r -a items <<<"$2"
    for item in "${items[@]}"; do
        names["$1 ${item%%:*}"]=1
    done
}

{
    read_header
    while next_row; do
        gather project "${cells[projects]:-}"
        gather team "${cells[teams]:-}"
        gather skill "${cells[skills]:-}"
    done
} <"$roster"

for name in "${!names[@]}"; do
    ccadmin "${name%% *}" create --if-not-exists --quiet -- "${name#* }" ||
        die $? "the ${name%% *} \`${name#* }\` cannot be made"
done

# 2. The users.
made=0 there=0
{
    read_header
    while next_row; do
        username=${cells[username]}
        where="$roster, line $line_number ($username)"

        arguments=(--name="${cells[full_name]}")
        add_each --role "${cells[roles]}"
        add_each --team "${cells[teams]:-}"
        add_each --skill "${cells[skills]:-}"
        add_each --project "${cells[projects]:-}"
        for column in email phone language; do
            [[ -z ${cells[$column]:-} ]] || arguments+=("--$column=${cells[$column]}")
        done
        case ${cells[state]:-} in
            active | '') ;;
            inactive) arguments+=(--inactive) ;;
            *) die 2 "$where: the state is \`active\` or \`inactive\`" ;;
        esac
        case ${cells[project_selection]:-} in
            true | '') ;;
            false) arguments+=(--project-selection=off) ;;
            *) die 2 "$where: project_selection is \`true\` or \`false\`" ;;
        esac

        password=$(
            ccadmin user create --if-not-exists --generate-password --quiet \
                "${arguments[@]}" -- "$username"
        ) || die $? "$where: not created; the rows above are done"

        if [[ -n $password ]]; then
            made=$((made + 1))
            printf '%s\t%s\n' "$username" "$password" ||
                die 1 "$where: created, but the password could not be written: ccadmin passwd"
        else
            there=$((there + 1))
        fi
    done
} <"$roster"

printf '%d created, %d already there\n' "$made" "$there" >&2
