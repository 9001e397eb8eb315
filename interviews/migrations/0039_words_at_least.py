"""How many words an answer needs; two, as all interviews published so far asked for."""

from django.core.validators import MaxValueValidator
from django.db import migrations, models

from tenants.rls import LowerTenantWall, RaiseTenantWall

GIVE = """
    UPDATE interviews_interviewversion SET snapshot = jsonb_set(snapshot, '{questions}', (
        SELECT coalesce(jsonb_agg(question || '{"min_words": 2}' ORDER BY place), '[]')
        FROM jsonb_array_elements(snapshot -> 'questions') WITH ORDINALITY AS asked (question, place)
    ))
"""
TAKE = GIVE.replace("""question || '{"min_words": 2}'""", "question - 'min_words'")


class Migration(migrations.Migration):
    dependencies = [("interviews", "0038_scoring_tokens")]

    operations = [
        migrations.AddField(
            model_name="question",
            name="min_words",
            field=models.PositiveSmallIntegerField(
                default=2,
                help_text="A shorter answer to a required question is not accepted at once: the candidate is asked, once, to say more. 1 for questions that a word answers.",
                validators=[MaxValueValidator(100)],
                verbose_name="words at least",
            ),
        ),
        LowerTenantWall("InterviewVersion"),
        migrations.RunSQL(GIVE, TAKE),
        RaiseTenantWall("InterviewVersion"),
    ]
