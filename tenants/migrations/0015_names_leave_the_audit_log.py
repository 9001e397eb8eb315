from django.db import migrations

from tenants.rls import PLATFORM_ROLE

# Nobody rewrites an entry, but the name of somebody whose data is erased can be taken out of it: the label becomes
# "Erased", and what a field was changed from and to is emptied. All else of the entry stays.
ERASE = f"""
CREATE OR REPLACE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_user = '{PLATFORM_ROLE}' THEN
        RETURN OLD;
    END IF;
    IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'tenants_auditentry' THEN
        IF (to_jsonb(NEW) - 'object_label' - 'details') = (to_jsonb(OLD) - 'object_label' - 'details')
            AND to_jsonb(NEW)->>'object_label' = 'Erased'
            AND to_jsonb(NEW)->'details' = (to_jsonb(OLD)->'details') - 'changes' THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'audit entries are never changed' USING ERRCODE = 'insufficient_privilege';
END $$;
"""

REFUSE = f"""
CREATE OR REPLACE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_user = '{PLATFORM_ROLE}' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'audit entries are never changed' USING ERRCODE = 'insufficient_privilege';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("tenants", "0014_platform_entries")]

    operations = [migrations.RunSQL(ERASE, REFUSE)]
