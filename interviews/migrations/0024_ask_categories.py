"""Interviews that ask candidates for their sex and race or ethnicity; none published so far does."""

from django.db import migrations, models

from tenants.rls import LowerTenantWall, RaiseTenantWall


class Migration(migrations.Migration):

    dependencies = [("interviews", "0023_result_links")]

    operations = [
        migrations.AddField(
            "interview",
            "ask_categories",
            models.BooleanField(
                default=False,
                help_text="Once the interview is over, on a page of its own. Answering is voluntary; nobody sees the answers, which are only counted in groups (Company, Adverse impact). The categories are those of the US EEO-1 report: outside the USA ask a lawyer first.",
                verbose_name="ask for sex and race or ethnicity afterwards",
            ),
        ),
        LowerTenantWall("InterviewVersion"),
        migrations.RunSQL(
            "UPDATE interviews_interviewversion"
            " SET snapshot = jsonb_set(snapshot, '{interview,ask_categories}', 'false')",
            "UPDATE interviews_interviewversion SET snapshot = snapshot #- '{interview,ask_categories}'",
        ),
        RaiseTenantWall("InterviewVersion"),
    ]
