"""What an ATS orders over its adapter and what is ordered over the API in its name have keys of their own."""

from django.db import migrations, models

from tenants.rls import LowerTenantWall, RaiseTenantWall


class Migration(migrations.Migration):
    dependencies = [
        ("interviews", "0040_plainer_words"),
    ]

    operations = [
        migrations.AddField(
            "order", "by_adapter", models.BooleanField(default=False, editable=False, verbose_name="over an adapter")
        ),
        LowerTenantWall("Order"),
        migrations.RunSQL(
            "UPDATE interviews_order SET by_adapter = true WHERE callback ? 'connection'", migrations.RunSQL.noop
        ),
        RaiseTenantWall("Order"),
        migrations.RemoveConstraint("order", "order_once_a_system"),
        migrations.AddConstraint(
            "order",
            models.UniqueConstraint(
                condition=models.Q(natural_key__isnull=False),
                fields=("tenant", "system", "by_adapter", "natural_key"),
                name="order_once_a_system",
            ),
        ),
    ]
