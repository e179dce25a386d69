#!/bin/sh
# Dovecot asks ccadmin for the password of a user, by the checkpassword interface: the name and the
# password come on descriptor 3, each with a NUL behind it, and "$@" is run where they are right. In
# /etc/dovecot/conf.d/auth-ccadmin.conf.ext:
#
#   passdb {
#     driver = checkpassword
#     args = /usr/local/lib/ccadmin/dovecot.sh
#   }
#   userdb {
#     driver = static
#     args = uid=vmail gid=vmail home=/var/mail/%u
#   }
#
# See `ccadmin help doors`.

set -u
PATH=/usr/local/bin:/usr/bin:/bin

given=$(tr '\0\n' '\n\1' <&3)
exec 3<&-
user=$(printf '%s\n' "$given" | sed -n 1p)
password=$(printf '%s\n' "$given" | sed -n 2p)
printf '%s\n' "$password" |
    env -i PATH="$PATH" ccadmin authenticate --password-stdin --no-input --quiet -- "$user"
case $? in
0) USER=$user exec "$@" ;;
# Dovecot says that the password is wrong; of everything else that something is out of order.
6 | 7 | 8 | 10) exit 1 ;;
*) exit 111 ;;
esac
