#!/usr/bin/env bash
# How long ccadmin takes, compared with what one would take instead, side by side in one run.
#
#     benches/run.sh [FOLDER]
#
# Needs hyperfine, sqlite3, argon2 and passwd (Debian packages). The stores are made in FOLDER
# (default: bench/ in the target folder); both sides write to the same disk. The commands take turns
# in short blocks, ROUNDS times (default 15), so that whatever else the machine does slows all of
# them alike. A ratio is that of the medians within one round; shown are the median, the least and
# the greatest over the rounds, and the same for the processor's time, which a busy machine disturbs
# less. Absolute times mean little, the ratios are what counts.

set -euo pipefail
cd "$(dirname "$0")/.."
export LC_ALL=C.UTF-8

for tool in hyperfine sqlite3 argon2 useradd; do
    command -v "$tool" >/dev/null || {
        echo "benches/run.sh: there is no $tool (apt-get install hyperfine sqlite3 argon2 passwd)" >&2
        exit 1
    }
done

rounds=${ROUNDS:-15}
users=200000
target=${CARGO_TARGET_DIR:-target}
folder=${1:-$target/bench}
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
work=$(mktemp -d "$folder/run.XXXXXX")
trap 'rm -rf "$work"' EXIT

echo '== building'
cargo build --locked --release --bin ccadmin
# A copy: building the benches below puts one with a test feature in its place.
install -m 755 "$target/release/ccadmin" "$work/ccadmin"
cargo build --locked --profile bench --bench fill --bench floor --bench in_process

# The stores: an empty one, and one with $users users, which is kept for the next run as long as
# the layout and what fills it stay the same.
ccadmin() { env -i HOME="$work" "$work/ccadmin" --database "$1" "${@:2}"; }
ccadmin "$work/empty.db" store init 2>/dev/null
ccadmin "$work/empty.db" project create --quiet hu-support
ccadmin "$work/empty.db" team create --quiet voice
layout=$( (sqlite3 "$work/empty.db" .schema; cat benches/fill.rs) | sha256sum | cut -c1-16)
full=$folder/$users-$layout.db
if [[ ! -e $full ]]; then
    echo "== filling a store with $users users"
    rm -f "$folder/$users-"*
    # Where there is memory to write to, no disk is waited for.
    draft=$(mktemp -d -p "$([[ -w /dev/shm ]] && echo /dev/shm || echo "$work")")
    cargo bench --locked --quiet --bench fill -- "$draft/full.db" "$users"
    mv "$draft/full.db" "$full"
    rm -rf "$draft"
fi
cp "$full" "$work/full.db"

# The peer: a durable INSERT of such a row into a table with three indexes.
sqlite3 "$work/peer.db" "
    PRAGMA journal_mode = WAL;
    CREATE TABLE users (
        id INTEGER PRIMARY KEY, username TEXT NOT NULL UNIQUE, full_name TEXT NOT NULL, email TEXT,
        phone TEXT, state INTEGER NOT NULL, roles INTEGER NOT NULL, search TEXT NOT NULL,
        created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, password_hash TEXT,
        password_set_by TEXT, password_changed_at INTEGER, password_expires_at INTEGER
    ) STRICT;
    CREATE INDEX users_by_name ON users (full_name);
    CREATE INDEX users_by_email ON users (email);" >/dev/null

# What is measured: each is a block of as many runs as its argument says, in a loop of bash.
block() { # NAME COMMAND; in COMMAND, $n is a name that no other run has
    printf '#!/bin/bash\nfor ((i = 0; i < $1; i++)); do\nn=u$$.$i\n%s\ndone\n' "$2" >"$work/$1"
    chmod +x "$work/$1"
}
create="$work/ccadmin --database \$STORE user create \$n --name 'Kovács Éva' --role agent"
secret='verwunschene Teekanne im Regal'
hash='$ccadmin-g1$MDEyMzQ1Njc4OWFiY2RlZg$BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc'
block loop /bin/true
block empty "${create/\$STORE/$work/empty.db} --generate-password >/dev/null 2>&1"
block full "${create/\$STORE/$work/full.db} --generate-password >/dev/null 2>&1"
block sheet "${create/\$STORE/$work/empty.db} --email \$n@example.com --phone +36205550101 \\
    --language hu --team voice --project hu-support:20 --generate-password >/dev/null 2>&1"
block typed "${create/\$STORE/$work/empty.db} --password-stdin >/dev/null 2>&1 <<<'$secret'"
block argon2 "argon2 0123456789abcdef -id -t 2 -k 19456 -p 1 -l 32 <<<'$secret' >/dev/null
    ${create/\$STORE/$work/empty.db} --generate-password >/dev/null 2>&1"
mkdir -p "$work/accounts/etc"
touch "$work/accounts/etc/"{passwd,shadow,group,gshadow}
block useradd "useradd --prefix $work/accounts -M -N -p '$hash' \$n"
block insert "sqlite3 $work/peer.db \"PRAGMA synchronous = FULL; INSERT INTO users (username,
    full_name, email, phone, state, roles, search, created_at, updated_at, password_hash,
    password_set_by, password_changed_at, password_expires_at) VALUES ('\$n', 'Kovács Éva',
    '\$n@example.com', '+36205550101', 1, 2, '\$n kovacs eva', 1795251600, 1795251600, '$hash',
    'os:root', 1795251600, 1795856400)\""

# Runs commands in turn. A file NAME.time gets the median and a file NAME.cpu the processor's time of
# every round, a line each, in seconds.
compare() { # WARMUP RUNS NAME=COMMAND...
    local warmup=$1 runs=$2 round name median user system
    shift 2
    rm -f "$work"/*.time "$work"/*.cpu
    for ((round = 0; round < rounds; round++)); do
        local arguments=()
        for name in "$@"; do
            arguments+=(--command-name "${name%%=*}" "${name#*=}")
        done
        env -i PATH=/usr/bin:/bin:/usr/sbin HOME="$work" LC_ALL=C.UTF-8 hyperfine -N --style none \
            --warmup "$warmup" --runs "$runs" --export-csv "$work/round.csv" "${arguments[@]}" \
            >"$work/hyperfine.log" 2>&1 || { cat "$work/hyperfine.log" >&2; exit 1; }
        while IFS=, read -r name _ _ median user system _; do
            [[ $name == command ]] && continue
            echo "$median" >>"$work/$name.time"
            echo "$user $system" | awk '{ print $1 + $2 }' >>"$work/$name.cpu"
        done <"$work/round.csv"
        # Whoever came first comes last in the next round.
        set -- "${@:2}" "$1"
    done
}

# median (least-greatest) of the numbers on stdin, one a line.
summary() {
    sort -g | awk '{ a[NR] = $1 } END {
        m = NR % 2 ? a[(NR + 1) / 2] : (a[NR / 2] + a[NR / 2 + 1]) / 2
        printf "%7.3f (%.3f-%.3f)", m, a[1], a[NR] }'
}

ms() { # NAME COUNT WHAT: the time of one of the COUNT runs in a block
    printf '%-56s %s ms\n' "$3" "$(awk -v c="$2" '{ print $1 * 1000 / c }' "$work/$1.time" | summary)"
}

# The ratio of two commands; with a FLOOR, which both stand on, of what each takes beyond it.
ratio() { # NAME OTHER GOAL WHAT [FLOOR]
    local kind floor results=()
    for kind in time cpu; do
        floor=/dev/null
        [[ $# -lt 5 ]] || floor=$work/$5.$kind
        results+=("$(paste "$work/$1.$kind" "$work/$2.$kind" "$floor" |
            awk '{ d = $2 - $3; print (d > 0 ? ($1 - $3) / d : 0) }' | summary)")
    done
    printf '%-56s %s, cpu %s%s\n' "$4" "${results[@]}" "${3:+  goal <= $3}"
}

echo "== versions"
printf '%s\n' "$("$work/ccadmin" --version)" "sqlite3 $(sqlite3 --version | cut -d' ' -f1)" \
    "$(hyperfine --version)" "$(rustc --version)" "$(uname -srm), $(nproc) cores" \
    "$(stat -f -c %T "$work") at $work"

echo "== start"
compare 5 40 version="$work/ccadmin --version" select="sqlite3 :memory: 'select 1'" true=/bin/true
ms version 1 'ccadmin --version'
ms select 1 "sqlite3 :memory: 'select 1'"
ratio version select 0.9 'ccadmin / sqlite3'
ratio version select '' '  the same, less an empty process (/bin/true)' true

echo "== one user with a generated password, in a loop of bash"
compare 1 3 loop="$work/loop 20" insert="$work/insert 20" empty="$work/empty 20" \
    sheet="$work/sheet 20" full="$work/full 20" useradd="$work/useradd 20"
ms loop 20 'the loop alone (/bin/true)'
ms insert 20 'sqlite3 INSERT, durable'
ms useradd 20 'useradd, few accounts there'
ms empty 20 'ccadmin user create'
ms sheet 20 'ccadmin user create, whole data sheet, team and project'
ms full 20 "ccadmin user create, $users users there"
ratio empty insert 1.2 'create / INSERT'
ratio empty insert '' '  the same, less the loop' loop
ratio sheet insert '' 'create with the whole sheet / INSERT'
ratio empty useradd '' 'create / useradd'
ratio full empty 1.1 "create with $users users / with none"

echo "== one user with a typed password, in a loop of bash"
compare 1 3 typed="$work/typed 5" argon2="$work/argon2 5"
ms typed 5 'ccadmin user create --password-stdin'
ms argon2 5 'argon2, then ccadmin user create --generate-password'
ratio typed argon2 1.0 'typed / argon2 and generated'

for store in empty full; do
    expected=$(sqlite3 "$work/$store.db" 'SELECT count(*) FROM audit')
    [[ $expected -gt 200 ]] || { echo "the creates have failed: $expected" >&2; exit 1; }
done

echo "== all of $users users as CSV"
# The peer: one flat table of the very cells, in the order of its key, so that the shell only has to
# walk through it; no join, no rights, nothing to defuse.
"$work/ccadmin" --database "$work/full.db" user export --quiet "$work/cells.csv"
sqlite3 "$work/flat.db" "CREATE TABLE cells (id INTEGER PRIMARY KEY, username TEXT, full_name TEXT,
    email TEXT, phone TEXT, state TEXT, roles TEXT, teams TEXT, skills TEXT, language TEXT,
    project_selection TEXT, projects TEXT);
    CREATE TEMP TABLE import (username, full_name, email, phone, state, roles, teams, skills,
    language, project_selection, projects)" ".mode csv" ".import --skip 1 $work/cells.csv import" \
    "INSERT INTO cells SELECT NULL, * FROM import"
cells="SELECT username, full_name, email, phone, state, roles, teams, skills, language,
    project_selection, projects FROM cells ORDER BY id"
# The same cells, or the comparison means nothing: the shell ends lines with CR LF and quotes more.
plain() { sqlite3 :memory: '.mode csv' ".import $1 cells" '.mode ascii' 'SELECT * FROM cells' | sha256sum; }
sqlite3 -csv -header "$work/flat.db" "$cells" >"$work/peer.csv"
[[ $(plain "$work/cells.csv") == "$(plain "$work/peer.csv")" ]] || {
    echo 'the two exports differ' >&2
    exit 1
}
compare 1 1 export="$work/ccadmin --database $work/full.db user export" \
    jsonl="$work/ccadmin --database $work/full.db user export -o jsonl" \
    flat="sqlite3 -csv -header $work/flat.db '$cells'" \
    flat_json="sqlite3 -json $work/flat.db '$cells'"
ms flat 1 'sqlite3 -csv of a flat table of the same cells'
ms export 1 'ccadmin user export'
ms jsonl 1 'ccadmin user export -o jsonl'
ratio export flat 1.0 'export / sqlite3 -csv'
ratio jsonl flat_json '' 'export -o jsonl (whole shape) / sqlite3 -json (cells)'

ccadmin "$work/thousand.db" store init --quiet 2>/dev/null
head -n 1001 "$work/cells.csv" >"$work/part.csv"
ccadmin "$work/thousand.db" user import "$work/part.csv" --quiet --create-missing --no-password
ccadmin "$work/million.db" store init --quiet 2>/dev/null
{
    head -n 1 "$work/cells.csv"
    for n in 1 2 3 4 5; do tail -n +2 "$work/cells.csv" | sed "s/^/$n./"; done
} >"$work/part.csv"
ccadmin "$work/million.db" user import "$work/part.csv" --quiet --create-missing --no-password
rm "$work/part.csv"
for store in thousand full million; do
    count=$(ccadmin "$work/$store.db" user list --count)
    last=$(sqlite3 "$work/$store.db" 'SELECT max(username) FROM users')
    list="$work/ccadmin --database $work/$store.db user list"
    echo "== looking among $count users"
    compare 2 20 start="sqlite3 :memory: 'select 1'" \
        first="$list --limit 50 -o csv" \
        names="$list --limit 50 --columns username,full_name -o csv" \
        names_peer="sqlite3 -csv $work/$store.db 'SELECT username, full_name FROM users ORDER BY username LIMIT 50'" \
        show="$work/ccadmin --database $work/$store.db user show $last -o json"
    ms first 1 'ccadmin user list --limit 50'
    ms show 1 'ccadmin user show'
    ratio first start 1.5 'first 50 / sqlite3 start'
    ratio names start 1.5 'names of the first 50 / sqlite3 start'
    ratio names names_peer '' 'names of the first 50 / sqlite3, the same'
    compare 1 5 search="$list --search arkas4 --count" \
        search_peer="sqlite3 $work/$store.db \"SELECT count(*) FROM users WHERE search LIKE '%arkas4%'\"" \
        filter="$list --role supervisor --count" \
        filter_peer="sqlite3 $work/$store.db 'SELECT count(*) FROM users WHERE roles & 4'" \
        team="$list --team voice --limit 50 -o csv"
    ms team 1 'ccadmin user list --team T --limit 50'
    ms search 1 'ccadmin user list --search TEXT --count'
    ms filter 1 'ccadmin user list --role R --count'
    ratio search search_peer 1.0 'search / sqlite3 LIKE'
    ratio filter filter_peer '' 'role / sqlite3, the same'
done

block million "${create/\$STORE/$work/million.db} --generate-password >/dev/null 2>&1"
compare 1 3 empty="$work/empty 20" million="$work/million 20"
ratio million empty 1.1 'create with 1000000 users / with none'
rm -f "$work"/million.db* "$work"/thousand.db*

# What needs a fresh place for each run is timed one run at a time.
once() { # NAME COMMAND...: adds a line to NAME.time, in seconds
    local name=$1 begun=$EPOCHREALTIME ended
    shift
    "$@" >/dev/null 2>"$work/once.log" || { cat "$work/once.log" >&2; exit 1; }
    ended=$EPOCHREALTIME
    echo "${begun/,/.} ${ended/,/.}" | awk '{ printf "%.6f\n", $2 - $1 }' >>"$work/$name.time"
    echo 0 >>"$work/$name.cpu"
}
floor() { cargo bench --locked --quiet --bench floor -- "$@"; }
quotient() { # NAME OTHER GOAL WHAT
    printf '%-56s %s%s\n' "$4" "$(paste "$work/$1.time" "$work/$2.time" |
        awk '{ print $1 / $2 }' | summary)" "${3:+  goal $3}"
}
rm -f "$work"/*.time "$work"/*.cpu

echo "== $users users in (generated passwords, teams, skills, projects, audit entries)"
fresh() { rm -f "$work"/fresh* && ccadmin "$work/fresh.db" store init --quiet 2>/dev/null; }
columns=$(head -n 1 "$work/cells.csv")
ccadmin "$work/full.db" user export --quiet --force "$work/cells.xlsx"
for ((round = 0; round < 3; round++)); do
    fresh
    once import ccadmin "$work/fresh.db" user import "$work/cells.csv" --quiet --create-missing \
        --generate-passwords --credentials "$work/fresh.csv"
    rm -f "$work"/bare.db*
    floor rows "$work/fresh.db" "$work/bare.db" >>"$work/bare.time"
    rm -f "$work"/import.db*
    once flat_import sqlite3 "$work/import.db" "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
        CREATE TABLE cells (${columns/username/username PRIMARY KEY})" '.mode csv' \
        ".import --skip 1 $work/cells.csv cells"
    fresh
    once sheet_import ccadmin "$work/fresh.db" user import "$work/cells.xlsx" --quiet --create-missing \
        --generate-passwords --credentials "$work/fresh.csv"
done
ms import 1 'ccadmin user import'
ms sheet_import 1 'the same users from a workbook'
quotient sheet_import import '<= 6' 'import of a workbook / of its CSV'
ms bare 1 'a bare loop that writes the same rows'
ms flat_import 1 'sqlite3 .import into one flat table'
quotient import bare '<= 1.3' 'import / bare loop'
quotient import flat_import '<= 7' 'import / flat .import'

echo '== 400 passwords that people thought of'
{
    echo username,full_name,roles,temporary_password
    for ((n = 0; n < 400; n++)); do echo "u$n,User $n,agent,seven grumpy lamps sing at noon $n"; done
} >"$work/typed.csv"
for ((round = 0; round < 3; round++)); do
    fresh
    once typed_import ccadmin "$work/fresh.db" user import "$work/typed.csv" --quiet
    floor hashes 400 >>"$work/hashes.time"
done
ms typed_import 400 'ccadmin user import, a password'
ms hashes 400 'a bare loop of hashes on as many threads, a password'
quotient hashes typed_import '>= 0.95' 'hashes a second, import / bare loop'

echo '== many loops at once'
loops() { # COUNT: as many loops of bash as that create 640 users together
    fresh
    ccadmin "$work/fresh.db" project create hu-support --quiet
    local loop
    for ((loop = 0; loop < $1; loop++)); do
        for ((n = loop; n < 640; n += $1)); do
            "$work/ccadmin" --database "$work/fresh.db" user create "u$n" --name "User $n" \
                --role agent --project hu-support --generate-password --quiet || exit 1
        done &
    done
    wait
    [[ $(ccadmin "$work/fresh.db" user list --count) -eq 640 ]] || exit 1
}
for ((round = 0; round < 3; round++)); do
    for count in 1 16 64; do once "loops$count" loops "$count"; done
done
ms loops1 640 'a user, 1 loop'
ms loops16 640 'a user, 16 loops'
ms loops64 640 'a user, 64 loops'
quotient loops1 loops16 '>= 1.6' 'creates a second, 16 loops / 1 loop'

echo "== inside the process (criterion)"
CCADMIN_BENCH_STORE=$work/full.db cargo bench --locked --quiet --bench in_process -- \
    --noplot --quiet
