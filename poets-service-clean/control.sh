#!/bin/sh
# The owner's switchboard: each verb forwards to `musings`; exit codes pass through.
set -eu

self=$0
while [ -h "$self" ]; do # a link in somebody's ~/bin leads back here; macOS has no readlink -f
    link=$(readlink "$self")
    case $link in
    /*) self=$link ;;
    *) self=$(dirname -- "$self")/$link ;;
    esac
done
here=$(CDPATH='' cd -- "$(dirname -- "$self")" && pwd -P)
musings=$here/../musings
MUSINGS_CONFIG=${MUSINGS_CONFIG:-$here/poets_cron_config.json}
export MUSINGS_CONFIG

usage() {
    cat <<'TEXT'
usage: control.sh VERB [WORD…]      the words go to the command that the verb forwards to

  install     the background service: the queue, media prompts (image, music, voice, video) included, and the API
  uninstall   take the service away again; database, media and logs stay
  start       start the service
  stop        stop it, until the next start or login
  restart     stop, then start
  status      what runs, when it last ran, what it did, what waits
  logs        follow the logs of the service, media operations included

  run         work through the queue now, media prompts included
  test        check configuration, database, disk and workflows
  migrate     bring the database to the shape this version needs; a copy is put beside it first
TEXT
}

verb=${1-}
[ $# -eq 0 ] || shift
case $verb in
run)
    if ! command -v python3 >/dev/null 2>&1; then # as under cron: the launcher knows the checkout's own
        case $* in
        '') exec "$musings" worker --drain ;;
        --media-only) exec "$musings" worker --drain --only media ;;
        esac
    fi
    exec python3 "$here/poets_cron_service_v3.py" --queue "$@"
    ;;
test) exec "$musings" doctor "$@" ;;
migrate) exec "$musings" migrate "$@" ;;
logs) exec "$musings" service logs --follow "$@" ;;
install | uninstall | start | stop | restart | status) exec "$musings" service "$verb" "$@" ;;
-h | --help | help) usage ;;
*)
    usage >&2
    exit 2
    ;;
esac
