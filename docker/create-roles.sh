#!/bin/sh
# Runs once, when the database volume is empty: the roles that docs/postgres-roles.sql explains.
set -eu

psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --set password="$APP_PASSWORD" <<'SQL'
CREATE ROLE vivavoce LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD :'password';
CREATE ROLE vivavoce_platform NOLOGIN BYPASSRLS;
GRANT vivavoce_platform TO vivavoce WITH INHERIT FALSE, SET TRUE;
CREATE DATABASE vivavoce OWNER vivavoce;
SQL
