#!/bin/sh
# One image, several roles. `exec` hands the process id to the role, so that it receives the stop signal.
set -eu

role=${1:-web}
[ $# -eq 0 ] || shift

case $role in
web)
    exec granian --interface wsgi --host "${HOST:-0.0.0.0}" --port "${PORT:-8000}" \
        --workers "${WEB_WORKERS:-2}" --blocking-threads "${WEB_THREADS:-16}" --no-ws --respawn-failed-workers --workers-kill-timeout 5 \
        mawsim.wsgi:application "$@"
    ;;
worker)
    exec celery -A mawsim.celery worker --queues celery --loglevel INFO \
        --concurrency "${WORKER_CONCURRENCY:-1}" --without-gossip --without-mingle "$@"
    ;;
beat)
    exec celery -A mawsim.celery beat --loglevel INFO --pidfile '' \
        --schedule "${BEAT_SCHEDULE:-/var/lib/mawsim/beat-schedule}" "$@"
    ;;
migrate)
    exec python manage.py migrate --noinput "$@"
    ;;
healthy)
    # The web role answers here; for the others compose.yaml has checks of its own.
    exec python -c '
import http.client, os, sys
server = http.client.HTTPConnection("127.0.0.1", int(os.environ.get("PORT", "8000")), timeout=4)
server.request("GET", "/health/live", headers={"Host": os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0]})
sys.exit(server.getresponse().status != 200)'
    ;;
*)
    echo "usage: mawsim web|worker|beat|migrate|healthy [options]" >&2
    exit 64
    ;;
esac
