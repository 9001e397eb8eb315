"""An interview may have a voice, an ear and a mind of its own."""

from functools import partial

from django.db import migrations, models

from interviews.models.services import service_choices

HELP = "Used for the languages it knows; for others, what this installation uses."


def make_field(kind: str, label: str, **options: str) -> "models.CharField[str, str]":
    return models.CharField(
        blank=True,
        choices=partial(service_choices, kind),
        default="",
        max_length=40,
        verbose_name=label,
        **options,
    )


class Migration(migrations.Migration):
    dependencies = [("interviews", "0006_session_figures")]

    operations = [
        migrations.AddField("interview", "tts", make_field("tts", "voice", help_text=HELP), preserve_default=False),
        migrations.AddField(
            "interview", "stt", make_field("stt", "speech recognition", help_text=HELP), preserve_default=False
        ),
        migrations.AddField("interview", "llm", make_field("llm", "language model"), preserve_default=False),
    ]
