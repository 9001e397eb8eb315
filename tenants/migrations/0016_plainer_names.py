from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenants", "0015_names_leave_the_audit_log")]

    operations = [
        migrations.AlterModelOptions(
            name="auditentry",
            options={
                "base_manager_name": "in_scope",
                "default_manager_name": "objects",
                "ordering": ("-at",),
                "verbose_name": "audit entry",
                "verbose_name_plural": "audit entries",
            },
        ),
        migrations.AlterField(
            model_name="tenant",
            name="slug",
            field=models.SlugField(
                help_text="Names the company in addresses; it can't be changed.", unique=True, verbose_name="short name"
            ),
        ),
    ]
