#!/bin/sh
# Apache asks ccadmin for the password of a user: mod_authnz_external pipes the name and the password
# into this, a line each. In the settings of the server:
#
#   DefineExternalAuth ccadmin pipe /usr/local/lib/ccadmin/apache.sh
#   <Location /wallboard>
#       AuthType Basic
#       AuthName "Contact center"
#       AuthBasicProvider socache external
#       AuthExternal ccadmin
#       AuthnCacheProvideFor external
#       Require valid-user
#   </Location>
#
# See `ccadmin help doors`.

set -u
PATH=/usr/local/bin:/usr/bin:/bin

IFS= read -r user || exit 1
exec env -i PATH="$PATH" ccadmin authenticate --password-stdin --no-input --quiet -- "$user"
