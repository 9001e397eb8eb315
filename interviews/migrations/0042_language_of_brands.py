"""A brand's texts were shown in the language of each interview: they are in that of the company's newest one."""

from django.db import migrations

from tenants.rls import SETTLE, LowerTenantWall, RaiseTenantWall

SET_LANGUAGE = f"""
{SETTLE};
ALTER TABLE tenants_brand NO FORCE ROW LEVEL SECURITY;
UPDATE tenants_brand AS brand SET language = newest.language
FROM (
    SELECT DISTINCT ON (tenant_id) tenant_id, languages ->> 0 AS language
    FROM interviews_interview ORDER BY tenant_id, created_at DESC
) AS newest
WHERE newest.tenant_id = brand.tenant_id;
{SETTLE};
ALTER TABLE tenants_brand FORCE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('interviews', '0041_orders_over_adapters'),
        ('tenants', '0018_brand_texts_in_languages'),
    ]

    operations = [
        LowerTenantWall('Interview'),
        migrations.RunSQL(SET_LANGUAGE, migrations.RunSQL.noop),
        RaiseTenantWall('Interview'),
    ]
