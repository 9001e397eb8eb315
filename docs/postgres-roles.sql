-- The two roles that the wall between tenants rests on, for a managed Postgres (16 or newer). Run it once as the
-- administrator, connected to the application's database:
--
--     psql "$ADMIN_URL" -v password="'a long random string'" -f docs/postgres-roles.sql
--
-- `make demo` and `make test` do the same on their own Postgres (config/embedded.py). The application refuses to boot
-- with a role that is SUPERUSER or BYPASSRLS.

-- The application logs in as this one. It owns the database's tables, and row security binds it all the same (FORCE).
CREATE ROLE vivavoce LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB PASSWORD :password;

-- Work across tenants takes this one for a transaction (SET LOCAL ROLE). Nobody can log in as it.
CREATE ROLE vivavoce_platform NOLOGIN NOSUPERUSER BYPASSRLS;
GRANT vivavoce_platform TO vivavoce WITH INHERIT FALSE, SET TRUE;

-- Tables live in the schema public; the first migration grants the platform's role its rights there.
GRANT USAGE, CREATE ON SCHEMA public TO vivavoce;
DO $$ BEGIN EXECUTE format('GRANT CONNECT, TEMPORARY ON DATABASE %I TO vivavoce', current_database()); END $$;
