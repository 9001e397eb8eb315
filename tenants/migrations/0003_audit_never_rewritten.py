from django.db import migrations

from tenants.rls import PLATFORM_ROLE

# Nobody rewrites an entry, the platform's door included, and no statement empties the table. A tenant's entries go
# when the tenant itself is deleted, which is the platform's alone.
REFUSE = f"""
CREATE OR REPLACE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_user = '{PLATFORM_ROLE}' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'audit entries are never changed' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON tenants_auditentry
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();
"""

ALLOW = f"""
DROP TRIGGER audit_no_truncate ON tenants_auditentry;
CREATE OR REPLACE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_user <> '{PLATFORM_ROLE}' THEN
        RAISE EXCEPTION 'audit entries are never changed' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("tenants", "0002_audit_append_only")]

    operations = [migrations.RunSQL(REFUSE, ALLOW)]
