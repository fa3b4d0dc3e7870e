#!/bin/sh
# The container's door. What listens on all addresses asks for a login, and refuses to start while nobody could: at the
# first start a password is made and shown, once, in the log of the container.
set -eu
case ${1-} in
up | serve) musings token password --first ;;
esac
exec musings "$@"
