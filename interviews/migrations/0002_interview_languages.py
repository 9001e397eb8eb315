"""An interview's one language becomes the first of several."""

from django.db import migrations, models

import interviews.models.languages


class Migration(migrations.Migration):
    dependencies = [("interviews", "0001_initial")]

    operations = [
        migrations.RenameField("interview", "language", "languages"),
        migrations.RunSQL(
            # Rewriting the column reaches every tenant's rows, which an UPDATE would not: row security does not
            # apply to it.
            sql="ALTER TABLE interviews_interview ALTER COLUMN languages TYPE jsonb USING jsonb_build_array(languages)",
            reverse_sql="ALTER TABLE interviews_interview ALTER COLUMN languages TYPE varchar(12) USING languages->>0",
            state_operations=[
                migrations.AlterField(
                    "interview",
                    "languages",
                    models.JSONField(
                        default=interviews.models.languages.default_languages,
                        validators=[interviews.models.languages.validate_languages],
                        verbose_name="languages",
                    ),
                ),
            ],
        ),
    ]
