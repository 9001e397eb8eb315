from django.db import migrations, models

LINE = "Beyond it, candidates wait in line. Empty: no limit."
USED_UP = "When used up, no interview begins. Empty: no limit."


def limit(name: str, label: str, help_text: str) -> migrations.AddField:
    field = models.PositiveIntegerField(blank=True, help_text=help_text, null=True, verbose_name=label)
    return migrations.AddField(model_name="tenant", name=name, field=field)


class Migration(migrations.Migration):
    dependencies = [("tenants", "0007_key_networks")]

    operations = [
        limit("max_concurrent_sessions", "interviews at once", LINE),
        limit("max_monthly_minutes", "minutes a month", USED_UP),
        limit("max_hourly_invitations", "invitations an hour", "Empty: no limit."),
    ]
