"""Questions and an interview's texts in further languages."""

from django.db import migrations, models

import interviews.models.languages


class Migration(migrations.Migration):
    dependencies = [("interviews", "0002_interview_languages")]

    operations = [
        migrations.AddField(
            "interview",
            "translations",
            models.JSONField(
                blank=True,
                default=dict,
                validators=[interviews.models.languages.validate_interview_translations],
                verbose_name="translations",
            ),
        ),
        migrations.AddField(
            "question",
            "translations",
            models.JSONField(
                blank=True,
                default=dict,
                validators=[interviews.models.languages.validate_question_translations],
                verbose_name="translations",
            ),
        ),
        migrations.AlterField(
            "questionbank",
            "language",
            models.CharField(
                default="en",
                help_text="The one its questions are written in.",
                max_length=12,
                validators=[interviews.models.languages.validate_language],
                verbose_name="language",
            ),
        ),
    ]
