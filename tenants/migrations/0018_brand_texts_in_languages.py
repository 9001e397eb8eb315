"""A brand's own texts are in a language of its own, and have translations."""

import tenants.models.tenant
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tenants', '0017_link_mails'),
    ]

    operations = [
        migrations.AddField(
            model_name='brand',
            name='language',
            field=models.CharField(choices=tenants.models.tenant.list_languages, default=tenants.models.tenant.default_language, help_text='The one the texts below are written in. Candidates who read another get those of their language.', max_length=12, verbose_name='language'),
        ),
        migrations.AddField(
            model_name='brand',
            name='translations',
            field=models.JSONField(blank=True, default=dict, editable=False, verbose_name='translations'),
        ),
    ]
