from django.db import migrations

from tenants.rls import PLATFORM_ROLE

# Tenants are deleted, audit log and all, through the platform's door alone.
REFUSE = f"""
CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_user <> '{PLATFORM_ROLE}' THEN
        RAISE EXCEPTION 'audit entries are never changed' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON tenants_auditentry
    FOR EACH ROW EXECUTE FUNCTION refuse_audit_change();
"""

ALLOW = """
DROP TRIGGER audit_append_only ON tenants_auditentry;
DROP FUNCTION refuse_audit_change();
"""


class Migration(migrations.Migration):
    dependencies = [("tenants", "0001_initial")]

    operations = [migrations.RunSQL(REFUSE, ALLOW)]
