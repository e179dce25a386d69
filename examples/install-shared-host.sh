#!/bin/sh
# Installs ccadmin on a shared host, where agents with shell accounts change their own password.
#
#   install-shared-host.sh [--operator NAME] [BINARY]     install, or repair
#   install-shared-host.sh --uninstall [--purge]          take it away
#
# Run it as root; it asks nothing, and says what it does. Run again it changes nothing.
#
# BINARY is the program to install: by default ../target/release/ccadmin beside this script, where that
# is not there /usr/bin/ccadmin of the Debian package, and else the one that is installed already.
#
# What there is afterwards:
#
#   group ccadmin               a system group without members, which alone may open the store:
#                               whoever is put into it may read and write everything
#   account ccadmin             a system account without a shell that owns the store. It and root
#                               administer it (sudo ccadmin ..., sudo -u ccadmin ccadmin ...). With
#                               --operator NAME an account that already exists owns it
#   /var/lib/ccadmin            the owner's, group ccadmin, 2750: agents can neither make nor remove
#                               anything in it
#   /var/lib/ccadmin/ccadmin.db{,-wal,-shm}
#                               the store and its side files, the owner's, group ccadmin, 0660; the
#                               side files are made beforehand, since agents cannot make them
#   /etc/ccadmin/config.toml    root's, 0644; it names the store, and its settings are the site's
#   /usr/local/bin/ccadmin      the program, root's, group ccadmin, 2755
#
# --uninstall takes the program away and, where nobody has changed it, the settings file. The store
# stays, and with it the group and the account, so that their numbers go to nobody else; --purge
# takes all of that too, but no file that this script has not made: backups beside the store stay.
#
# Only the owner's own rights are used inside the store's folder: root changes nothing there, and
# nothing is changed recursively anywhere. A symbolic link in one of these places is an error.

set -eu
umask 077
PATH=/usr/sbin:/usr/bin:/sbin:/bin
export PATH
LC_ALL=C
export LC_ALL

group=ccadmin
account=ccadmin
folder=/var/lib/ccadmin
store=$folder/ccadmin.db
settings_folder=/etc/ccadmin
settings=$settings_folder/config.toml
program=/usr/local/bin/ccadmin
mark='# The settings of this site; see config.example.toml for all of them.'

changes=0
is_new=no

say() {
    printf '%s\n' "$*"
}

did() {
    changes=$((changes + 1))
    say "$*"
}

die() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

usage() {
    printf 'usage: %s [--operator NAME] [BINARY] | --uninstall [--purge]\n' "${0##*/}" >&2
    exit 2
}

# Owner, group and mode of $1: "root:ccadmin 2755"
state() {
    stat -c '%U:%G %a' -- "$1"
}

# Where somebody has planted a link, or anything but the $2 (file, directory) that it should be,
# nothing is done at all.
expect_kind() {
    if [ -L "$1" ]; then
        die "$1 is a symbolic link; nothing was changed there"
    elif [ -e "$1" ] && [ "$2" = file ] && [ ! -f "$1" ]; then
        die "$1 is not a file"
    elif [ -e "$1" ] && [ "$2" = directory ] && [ ! -d "$1" ]; then
        die "$1 is not a folder"
    fi
}

# A folder above ours that others can write would let them put links in our way later.
expect_roots() {
    [ -d "$1" ] || die "there is no folder $1"
    case $(stat -c '%u %A' -- "$1") in
    '0 d'????'-'??'-'*) ;;
    *) die "$1 can be written by others than root" ;;
    esac
}

as_owner() {
    setpriv --reuid "$owner" --regid "$group" --clear-groups -- "$@"
}

# The program in the owner's name, with an environment of its own.
ccadmin_as_owner() {
    as_owner env -i PATH="$PATH" "$program" --database "$store" --no-input "$@"
}

look_around() {
    for parent in /var/lib /etc /usr/local/bin; do
        expect_roots "$parent"
    done
    expect_kind "$folder" directory
    expect_kind "$settings_folder" directory
    expect_kind "$settings" file
    expect_kind "$program" file
    for file in "$store" "$store-wal" "$store-shm"; do
        expect_kind "$file" file
    done
}

install_group() {
    if ! getent group "$group" >/dev/null; then
        groupadd --system "$group"
        did "made the group $group"
    fi
    members=$(getent group "$group" | cut -d: -f4)
    [ -z "$members" ] || die "the group $group has members ($members): it must have none"
}

install_owner() {
    if getent passwd "$owner" >/dev/null; then
        return
    fi
    [ "$owner" = "$account" ] || die "there is no account $owner"
    useradd --system --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin \
        --no-user-group --gid nogroup --comment 'owner of the store of ccadmin' "$account"
    did "made the account $account"
}

install_program() {
    if [ "$binary" != "$program" ] && ! cmp -s -- "$binary" "$program"; then
        # Beside it and then in its place, so that nobody ever runs half of it.
        install -o root -g "$group" -m 2755 -- "$binary" "$program.new"
        mv -f -- "$program.new" "$program"
        did "installed $program"
    elif [ "$(state "$program")" != "root:$group 2755" ]; then
        chown "root:$group" -- "$program"
        chmod 2755 -- "$program"
        did "set owner and mode of $program"
    fi
}

install_folder() {
    if [ ! -e "$folder" ]; then
        mkdir -m 0700 -- "$folder"
        chown "$owner:$group" -- "$folder"
        chmod 2750 -- "$folder"
        did "made $folder"
    elif [ "$(state "$folder")" != "$owner:$group 2750" ]; then
        chown -h "$owner:$group" -- "$folder"
        chmod 2750 -- "$folder"
        did "set owner and mode of $folder"
    fi
}

install_store() {
    if [ ! -e "$store" ]; then
        ccadmin_as_owner --quiet store init 2>/dev/null || die "the store $store cannot be made"
        did "made $store"
        is_new=yes
    fi
    own_file "$store"
    missing=no
    for file in "$store-wal" "$store-shm"; do
        if [ -e "$file" ]; then
            own_file "$file"
        else
            missing=yes
        fi
    done
    # Opening the store makes its side files, with its owner, group and mode. A newer program upgrades
    # the store of an older one, after a copy beside it.
    said=$(ccadmin_as_owner --quiet store upgrade 2>&1) || die "$said"
    [ "$missing" = no ] || did "made the side files of $store"
    [ -z "$said" ] || did "$said"
    own_file "$store-wal"
    own_file "$store-shm"
}

own_file() {
    case $(state "$1") in
    "$owner:$group 660") return ;;
    "$owner:"*) ;;
    *) die "$1 is not $owner's; look at it, then: chown -h $owner:$group $1" ;;
    esac
    as_owner chgrp -h "$group" -- "$1"
    as_owner chmod 0660 -- "$1"
    did "set group and mode of $1"
}

install_settings() {
    if [ ! -e "$settings_folder" ]; then
        mkdir -m 0755 -- "$settings_folder"
        did "made $settings_folder"
    fi
    case $(stat -c '%u %A' -- "$settings_folder") in
    '0 drwxr-xr-x'*) ;;
    *)
        chown root:root -- "$settings_folder"
        chmod 0755 -- "$settings_folder"
        did "set owner and mode of $settings_folder"
        ;;
    esac
    if [ ! -e "$settings" ]; then
        settings_text >"$settings.new"
        chmod 0644 -- "$settings.new"
        mv -f -- "$settings.new" "$settings"
        did "wrote $settings"
    elif ! grep -Eq "^[[:space:]]*database[[:space:]]*=[[:space:]]*[\"'](sqlite:)?$store[\"']" "$settings"; then
        die "$settings is there and does not name the store; put this line at its top:
database = \"$store\""
    elif [ "$(state "$settings")" != 'root:root 644' ]; then
        chown root:root -- "$settings"
        chmod 0644 -- "$settings"
        did "set owner and mode of $settings"
    fi
}

settings_text() {
    printf '%s\n' "$mark" "database = \"$store\""
}

install_all() {
    if [ -z "$binary" ]; then
        binary=$(dirname -- "$0")/../target/release/ccadmin
        [ -f "$binary" ] || binary=/usr/bin/ccadmin
        [ -f "$binary" ] || binary=$program
    fi
    { [ -f "$binary" ] && [ -x "$binary" ]; } || die "there is no program $binary"
    look_around
    if [ -z "$owner" ]; then
        # What an earlier run decided stays.
        owner=$account
        [ ! -e "$store" ] || owner=$(stat -c %U -- "$store")
    fi
    install_group
    install_owner
    install_program
    install_folder
    install_store
    install_settings
    if ! report=$(env -i PATH="$PATH" "$program" --no-input store check); then
        say "$report"
        die 'the install is not in order'
    fi
    if [ "$changes" -eq 0 ]; then
        say 'everything was installed already; nothing was changed'
    elif [ "$is_new" = yes ]; then
        say 'installed; next: sudo ccadmin user create'
        tell_earlier_stores
    else
        say 'installed; what was there is in order again'
    fi
}

# Who has tried the program before has users in a store of their own, which nobody sees from now on.
tell_earlier_stores() {
    callers_home=$(getent passwd "${SUDO_USER:-root}" | cut -d: -f6)
    for home in "${HOME:-/root}" "$callers_home"; do
        earlier=$home/.local/share/ccadmin/ccadmin.db
        if [ -f "$earlier" ]; then
            say "the users in $earlier are not in this store; to bring them over:"
            say "  ccadmin --database $earlier store backup old.db"
            say '  sudo ccadmin store restore old.db'
        fi
        [ "$home" != "$callers_home" ] || break
    done
}

uninstall() {
    look_around
    if [ -e "$program" ]; then
        rm -f -- "$program"
        did "removed $program"
    fi
    if [ -e "$settings" ]; then
        if [ "$purge" = yes ] || [ "$(cat -- "$settings")" = "$(settings_text)" ]; then
            rm -f -- "$settings"
            did "removed $settings"
        else
            say "kept $settings: it holds settings of this site"
        fi
    fi
    if [ -d "$settings_folder" ] && rmdir -- "$settings_folder" 2>/dev/null; then
        did "removed $settings_folder"
    fi
    if [ "$purge" = yes ]; then
        purge_store
    elif [ -e "$store" ]; then
        say "kept $store; --purge removes it"
    fi
    [ "$changes" -ne 0 ] || say 'nothing was installed; nothing was changed'
}

purge_store() {
    if [ -d "$folder" ]; then
        for file in "$store" "$store-wal" "$store-shm"; do
            if [ -e "$file" ]; then
                rm -f -- "$file"
                did "removed $file"
            fi
        done
        if rmdir -- "$folder" 2>/dev/null; then
            did "removed $folder"
        else
            say "kept $folder: other files are in it; the group and the account stay with them"
            return
        fi
    fi
    # Before the account: `userdel` would say that it leaves a group of that name.
    if getent group "$group" >/dev/null; then
        groupdel "$group"
        did "removed the group $group"
    fi
    # Only an account as this script makes it: a site may have another one of that name.
    case $(getent passwd "$account" || :) in
    *':/nonexistent:/usr/sbin/nologin')
        userdel "$account"
        did "removed the account $account"
        ;;
    esac
}

owner=
binary=
action=install
purge=no
while [ $# -gt 0 ]; do
    case $1 in
    --operator)
        [ $# -ge 2 ] || usage
        owner=$2
        shift
        ;;
    --operator=*) owner=${1#--operator=} ;;
    --uninstall) action=uninstall ;;
    --purge) purge=yes ;;
    -h | --help)
        sed -n '2,/^$/s/^# \{0,1\}//p' "$0"
        exit 0
        ;;
    -*) usage ;;
    *)
        [ -z "$binary" ] || usage
        binary=$1
        ;;
    esac
    shift
done
[ "$(id -u)" -eq 0 ] || die 'run it as root'
if [ "$action" = uninstall ]; then
    { [ -z "$owner" ] && [ -z "$binary" ]; } || usage
    uninstall
else
    [ "$purge" = no ] || usage
    install_all
fi
