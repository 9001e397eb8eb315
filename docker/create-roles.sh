#!/bin/sh
# Runs once, when the database volume is empty.
set -eu

psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
    --set password="'$APP_PASSWORD'" --file /postgres-roles.sql
