"""Questions say what each level sounds like, and sessions keep what they were judged on."""

from django.db import migrations, models

import interviews.models.rubric


class Migration(migrations.Migration):
    dependencies = [("interviews", "0009_recording")]

    operations = [
        migrations.AddField(
            "question",
            "rubric",
            models.JSONField(
                blank=True,
                default=dict,
                help_text="What each level from 1 to 5 sounds like. The interviewer never sees it.",
                validators=[interviews.models.rubric.validate_rubric],
                verbose_name="rubric",
            ),
        ),
        migrations.AddField("session", "rubric", models.JSONField(blank=True, default=dict, verbose_name="rubric")),
    ]
