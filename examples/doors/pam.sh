#!/bin/sh
# PAM asks ccadmin for the password of a user: pam_exec runs this with the name in PAM_USER and the
# password on stdin. In /etc/pam.d/SERVICE:
#
#   auth     requisite  pam_exec.so expose_authtok quiet /usr/local/lib/ccadmin/pam.sh
#   account  required   pam_permit.so
#
# See `ccadmin help doors`.

set -u
PATH=/usr/local/bin:/usr/bin:/bin

# What PAM hands on of a user's own environment counts for nothing. It may end the password with a
# NUL, which no password has.
tr -d '\0' | env -i PATH="$PATH" ccadmin authenticate --password-stdin --no-input --quiet -- "$PAM_USER"
