#!/bin/sh
# Writes fresh secrets for compose.yaml into docker/secrets, once; existing ones are kept.
set -eu
cd "$(dirname "$0")"
# The files are mounted with their permissions, for a user inside the container: the folder protects them.
mkdir -p secrets
chmod 700 secrets
[ ! -e secrets/secret_key ] || { echo "docker/secrets is there already; nothing changed."; exit 0; }

random() { od -An -N"$1" -tx1 /dev/urandom | tr -d ' \n'; }

password=$(random 24)
printf %s "$password" >secrets/database_password
printf 'postgresql://mawsim:%s@postgres:5432/mawsim' "$password" >secrets/database_url
printf %s "$(random 40)" >secrets/secret_key
chmod 644 secrets/*
echo "Wrote docker/secrets. Keep them: without the database password the data cannot be opened."
