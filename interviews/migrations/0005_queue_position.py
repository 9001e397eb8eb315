from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("interviews", "0004_candidates_language")]

    operations = [
        migrations.AddField(
            model_name="session",
            name="queue_position",
            field=models.PositiveIntegerField(
                blank=True, editable=False, null=True, verbose_name="place in the queue"
            ),
        ),
    ]
