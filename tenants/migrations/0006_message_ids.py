"""Message ids of sent mail lead to their tenant as well."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tenants', '0005_requires_second_factor'),
    ]

    operations = [
        migrations.AlterField(
            model_name='tokenindex',
            name='kind',
            field=models.CharField(choices=[('invitation', 'Invitation'), ('api_key', 'API key'), ('relay', 'Relay'), ('member', "Member's invitation"), ('message', "E-mail's message id")], max_length=16),
        ),
    ]
