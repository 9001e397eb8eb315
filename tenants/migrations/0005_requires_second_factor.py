from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenants", "0004_member_invitations")]

    operations = [
        migrations.AddField(
            model_name="tenant",
            name="requires_second_factor",
            field=models.BooleanField(
                default=False,
                help_text="Members without it must turn it on before they can go on.",
                verbose_name="two-factor log-in for everybody",
            ),
        ),
    ]
