#!/bin/sh
# FreeRADIUS asks ccadmin for the password of a user: its module exec runs this with the name and the
# password in the environment. In mods-enabled/ccadmin:
#
#   exec ccadmin {
#       wait = yes
#       program = "/usr/local/lib/ccadmin/radius.sh"
#       input_pairs = request
#       shell_escape = yes
#       timeout = 10
#   }
#
# and in the virtual server:
#
#   authorize {
#       update control {
#           Auth-Type := ccadmin
#       }
#   }
#   authenticate {
#       Auth-Type ccadmin {
#           ccadmin
#       }
#   }
#
# See `ccadmin help doors`.

set -u
PATH=/usr/local/bin:/usr/bin:/bin

# Values stand in quotation marks, and those inside are escaped.
unquoted() {
    printf '%s\n' "$1" | sed 's/^"//; s/"$//; s/\\\([\\"]\)/\1/g'
}

# Of a request that is no PAP there is no password.
[ -n "${USER_PASSWORD-}" ] || exit 1
unquoted "$USER_PASSWORD" |
    env -i PATH="$PATH" ccadmin authenticate --password-stdin --no-input --quiet -- \
        "$(unquoted "${USER_NAME-}")"
case $? in
0) exit 0 ;;
# FreeRADIUS gives other numbers a meaning of its own: 9 would be `updated`.
6 | 7 | 8 | 10) exit 1 ;;
*) exit 2 ;;
esac
