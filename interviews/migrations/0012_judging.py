"""Scores, reviews, comments and decisions about results."""

import uuid

import django.core.validators
import django.db.models.deletion
import django.db.models.manager

import tenants.models.wall
import tenants.scope
from django.conf import settings
from django.db import migrations, models

from tenants.rls import EnableTenantWall


class Migration(migrations.Migration):
    dependencies = [
        ("interviews", "0011_published_versions"),
        ("tenants", "0003_audit_never_rewritten"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="interview",
            name="blind_review",
            field=models.BooleanField(
                default=False,
                help_text="Reviewers see scores, other reviews and comments only after submitting a review of their own.",
                verbose_name="review blind first",
            ),
        ),
        migrations.AddField(
            model_name="result",
            name="decided_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="decided"),
        ),
        migrations.AddField(
            model_name="result",
            name="decided_by",
            field=models.CharField(blank=True, max_length=254, verbose_name="decided by"),
        ),
        migrations.AddField(
            model_name="result",
            name="decision",
            field=models.CharField(
                blank=True,
                choices=[("advance", "Advance"), ("hold", "Hold"), ("reject", "Reject")],
                max_length=8,
                verbose_name="decision",
            ),
        ),
        migrations.AddField(
            model_name="result",
            name="decision_reason",
            field=models.TextField(blank=True, verbose_name="reason for the decision"),
        ),
        migrations.CreateModel(
            name="ResultComment",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("author_name", models.CharField(max_length=254, verbose_name="by")),
                ("text", models.TextField(verbose_name="comment")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="written")),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="author",
                    ),
                ),
                (
                    "result",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="comments",
                        to="interviews.result",
                        verbose_name="result",
                    ),
                ),
                (
                    "tenant",
                    tenants.models.wall.TenantKey(
                        db_index=False,
                        default=tenants.scope.tenant_id_in_scope,
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tenants.tenant",
                    ),
                ),
            ],
            options={
                "verbose_name": "comment",
                "verbose_name_plural": "comments",
                "ordering": ["result", "created_at"],
                "abstract": False,
                "base_manager_name": "in_scope",
                "default_manager_name": "objects",
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("in_scope", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Review",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("reviewer_name", models.CharField(max_length=254, verbose_name="by")),
                (
                    "decision",
                    models.CharField(
                        choices=[("advance", "Advance"), ("hold", "Hold"), ("reject", "Reject")],
                        max_length=8,
                        verbose_name="recommends",
                    ),
                ),
                ("reason", models.TextField(blank=True, verbose_name="reason")),
                ("comment", models.TextField(blank=True, verbose_name="comment")),
                ("was_blind", models.BooleanField(default=False, verbose_name="written blind")),
                ("submitted_at", models.DateTimeField(auto_now_add=True, verbose_name="submitted")),
                ("changed_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
                (
                    "result",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reviews",
                        to="interviews.result",
                        verbose_name="result",
                    ),
                ),
                (
                    "reviewer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="reviewer",
                    ),
                ),
                (
                    "tenant",
                    tenants.models.wall.TenantKey(
                        db_index=False,
                        default=tenants.scope.tenant_id_in_scope,
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tenants.tenant",
                    ),
                ),
            ],
            options={
                "verbose_name": "review",
                "verbose_name_plural": "reviews",
                "ordering": ["result", "submitted_at"],
                "abstract": False,
                "base_manager_name": "in_scope",
                "default_manager_name": "objects",
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("in_scope", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="ReviewScore",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("competency", models.CharField(max_length=120, verbose_name="competency")),
                (
                    "level",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(5),
                        ],
                        verbose_name="level",
                    ),
                ),
                (
                    "review",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="scores",
                        to="interviews.review",
                        verbose_name="review",
                    ),
                ),
                (
                    "tenant",
                    tenants.models.wall.TenantKey(
                        db_index=False,
                        default=tenants.scope.tenant_id_in_scope,
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tenants.tenant",
                    ),
                ),
            ],
            options={
                "verbose_name": "score of a review",
                "verbose_name_plural": "scores of a review",
                "ordering": ["review", "competency"],
                "abstract": False,
                "base_manager_name": "in_scope",
                "default_manager_name": "objects",
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("in_scope", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="ScoreSet",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "number",
                    models.PositiveSmallIntegerField(
                        help_text="Counts from 1 within the result.", verbose_name="version"
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("queued", "Queued"), ("running", "Running"), ("done", "Done"), ("failed", "Failed")],
                        default="queued",
                        max_length=8,
                        verbose_name="status",
                    ),
                ),
                ("is_current", models.BooleanField(default=False, verbose_name="current")),
                ("rubric_version", models.CharField(max_length=16, verbose_name="rubric version")),
                ("rubric", models.JSONField(blank=True, default=list, verbose_name="rubric")),
                ("model", models.CharField(blank=True, max_length=120, verbose_name="model")),
                ("set_aside", models.JSONField(blank=True, default=list, verbose_name="set aside")),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="attempts")),
                ("error", models.CharField(blank=True, max_length=300, verbose_name="error")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="asked for")),
                ("due_at", models.DateTimeField(help_text="Of the next attempt.", verbose_name="due")),
                ("claimed_at", models.DateTimeField(blank=True, null=True, verbose_name="begun")),
                ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="finished")),
                (
                    "result",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="score_sets",
                        to="interviews.result",
                        verbose_name="result",
                    ),
                ),
                (
                    "tenant",
                    tenants.models.wall.TenantKey(
                        db_index=False,
                        default=tenants.scope.tenant_id_in_scope,
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tenants.tenant",
                    ),
                ),
            ],
            options={
                "verbose_name": "scoring",
                "verbose_name_plural": "scorings",
                "ordering": ["result", "-number"],
                "abstract": False,
                "base_manager_name": "in_scope",
                "default_manager_name": "objects",
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("in_scope", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="CompetencyScore",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("position", models.PositiveSmallIntegerField(verbose_name="position")),
                ("competency", models.CharField(max_length=120, verbose_name="competency")),
                (
                    "level",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(5),
                        ],
                        verbose_name="level",
                    ),
                ),
                (
                    "withheld",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("no_answer", "The candidate gave no answer to judge."),
                            ("nothing", "The model found nothing in the answer that shows this competency."),
                            ("no_quote", "The model's quotes are not in the candidate's own words."),
                            ("range", "The model gave no level from 1 to 5."),
                            ("malformed", "The model's reply could not be read."),
                            ("declined", "The model declined to judge this answer."),
                            ("delivery", "The model judged how something was said instead of what was said."),
                        ],
                        max_length=12,
                        verbose_name="withheld",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=400, verbose_name="reason")),
                ("quotes", models.JSONField(blank=True, default=list, verbose_name="quotes")),
                (
                    "tenant",
                    tenants.models.wall.TenantKey(
                        db_index=False,
                        default=tenants.scope.tenant_id_in_scope,
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tenants.tenant",
                    ),
                ),
                (
                    "score_set",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="scores",
                        to="interviews.scoreset",
                        verbose_name="scoring",
                    ),
                ),
            ],
            options={
                "verbose_name": "score",
                "verbose_name_plural": "scores",
                "ordering": ["score_set", "position"],
                "abstract": False,
                "base_manager_name": "in_scope",
                "default_manager_name": "objects",
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("in_scope", django.db.models.manager.Manager()),
            ],
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.UniqueConstraint(fields=("result", "reviewer"), name="one_review_a_reviewer"),
        ),
        migrations.AddConstraint(
            model_name="reviewscore",
            constraint=models.UniqueConstraint(fields=("review", "competency"), name="review_score_once_a_competency"),
        ),
        migrations.AddConstraint(
            model_name="scoreset",
            constraint=models.UniqueConstraint(fields=("result", "number"), name="scoring_number_once_a_result"),
        ),
        migrations.AddConstraint(
            model_name="scoreset",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_current", True)), fields=("result",), name="one_current_scoring"
            ),
        ),
        migrations.AddConstraint(
            model_name="scoreset",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status__in", ["queued", "running"])),
                fields=("result",),
                name="one_open_scoring_a_result",
            ),
        ),
        migrations.AddConstraint(
            model_name="competencyscore",
            constraint=models.UniqueConstraint(fields=("score_set", "competency"), name="score_once_a_competency"),
        ),
        migrations.AddConstraint(
            model_name="competencyscore",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("level__isnull", True), ("withheld__gt", "")),
                    models.Q(("level__range", (1, 5)), ("withheld", "")),
                    _connector="OR",
                ),
                name="level_or_withheld",
            ),
        ),
        EnableTenantWall("ScoreSet", "CompetencyScore", "Review", "ReviewScore", "ResultComment"),
    ]
