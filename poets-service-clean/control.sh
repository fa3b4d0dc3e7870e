#!/bin/sh
# The owner's switchboard: each verb forwards to `musings`; exit codes pass through.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
musings=$here/../musings
MUSINGS_CONFIG=${MUSINGS_CONFIG:-$here/poets_cron_config.json}
export MUSINGS_CONFIG

usage() {
    cat <<'TEXT'
usage: control.sh VERB [WORD…]      the words go to the command that the verb forwards to

  run       work through the queue now, media prompts (image, music, voice) included
  test      check configuration, database, disk and workflows
  status    what waits, what runs, what failed
  logs      follow the logs of the worker, media operations included, and of the API
  migrate   bring the database to the shape this version needs

  start stop restart install uninstall   the background service: not in this version yet
TEXT
}

verb=${1-}
[ $# -eq 0 ] || shift
case $verb in
run) exec python3 "$here/poets_cron_service_v3.py" --queue "$@" ;;
test) exec "$musings" doctor "$@" ;;
status) exec "$musings" status "$@" ;;
logs) exec "$musings" logs --follow "$@" ;;
migrate) exec "$musings" migrate "$@" ;;
start | stop | restart | install | uninstall)
    echo "control.sh: '$verb' is not in this version yet: the background service comes with a later one." >&2
    echo "Until then: '$0 run' works through the queue once, '$here/../musings up' serves until Ctrl-C." >&2
    exit 2
    ;;
-h | --help | help) usage ;;
*)
    usage >&2
    exit 2
    ;;
esac
