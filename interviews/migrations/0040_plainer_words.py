"""What the forms say of interviews, questions and banks; nothing in the database changes."""

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('interviews', '0039_words_at_least'),
    ]

    operations = [
        migrations.AlterField(
            model_name='interview',
            name='consent_text',
            field=models.TextField(default='I agree to be interviewed by an AI and to my spoken and typed answers being transcribed, summarised and read by the hiring team.', help_text='What candidates agree to by a tick before they can begin.', verbose_name='consent'),
        ),
        migrations.AlterField(
            model_name='interview',
            name='consent_version',
            field=models.CharField(default='1', help_text='Counts up when other words of the disclosure or a consent are published.', max_length=20, verbose_name='version of the consent'),
        ),
        migrations.AlterField(
            model_name='interview',
            name='disclosure',
            field=models.TextField(default='You are talking to an automated interviewer, an AI. It asks the same questions of everyone; people at the company read your answers and make every decision.', help_text='That candidates talk to an AI. They read it first, and hear it after the introduction.', verbose_name='AI disclosure'),
        ),
        migrations.AlterField(
            model_name='interview',
            name='intro',
            field=models.TextField(default='Hello, and thank you for taking the time to talk with us today.', help_text="The interviewer's first words, said aloud.", verbose_name='introduction'),
        ),
        migrations.AlterField(
            model_name='interview',
            name='next_steps',
            field=models.TextField(default='The hiring team reads your answers and will be in touch. There is nothing else you need to do.', help_text='Candidates read it on the last page and in the mail that thanks them.', verbose_name='what happens next'),
        ),
        migrations.AlterField(
            model_name='interview',
            name='outro',
            field=models.TextField(default='That was the last question. Thank you for your answers.', help_text='Said aloud at the end, after the summary.', verbose_name='closing words'),
        ),
        migrations.AlterField(
            model_name='interview',
            name='recording_consent_text',
            field=models.TextField(default='I also agree to this conversation being recorded, so that the hiring team can listen to it. This is up to me: without it the interview is held just the same, unrecorded.', help_text='A second tick, left to the candidate; shown only where the audio is recorded.', verbose_name='consent to the recording'),
        ),
        migrations.AlterField(
            model_name='interview',
            name='retries',
            field=models.PositiveSmallIntegerField(default=3, help_text='How often a candidate who has left may start again where they broke off. What goes wrong on our side, a page loaded anew or a connection that is back within a minute costs none.', verbose_name='further starts'),
        ),
        migrations.AlterField(
            model_name='interview',
            name='tone',
            field=models.CharField(default='warm and professional', help_text='In a few words: how follow-up questions are put. The questions themselves are said as written.', max_length=120, verbose_name='tone'),
        ),
        migrations.AlterField(
            model_name='interview',
            name='total_limit',
            field=models.PositiveSmallIntegerField(default=1800, help_text='Of the whole interview, in minutes and seconds: 30:00 is half an hour. The interviewer says so when a fifth of it is left, and closes when it is over.', validators=[django.core.validators.MinValueValidator(30), django.core.validators.MaxValueValidator(14400)], verbose_name='time limit'),
        ),
        migrations.AlterField(
            model_name='interview',
            name='typing_allowed',
            field=models.BooleanField(default=True, help_text='Candidates may type instead of speaking, and change between both at any time.', verbose_name='typing allowed'),
        ),
        migrations.AlterField(
            model_name='invitation',
            name='extra_retries',
            field=models.PositiveSmallIntegerField(default=0, verbose_name='further starts granted'),
        ),
        migrations.AlterField(
            model_name='question',
            name='competency',
            field=models.CharField(blank=True, help_text='What the answer shows, such as teamwork. Scores are given by competency; without one, none is.', max_length=120, verbose_name='competency'),
        ),
        migrations.AlterField(
            model_name='question',
            name='max_follow_ups',
            field=models.PositiveSmallIntegerField(default=1, help_text='How often the interviewer may ask for more, from 0 to 5.', validators=[django.core.validators.MaxValueValidator(5)], verbose_name='follow-ups at most'),
        ),
        migrations.AlterField(
            model_name='question',
            name='position',
            field=models.PositiveSmallIntegerField(default=0, help_text='Lowest first; dragging the question sets it.', verbose_name='position'),
        ),
        migrations.AlterField(
            model_name='question',
            name='required',
            field=models.BooleanField(default=True, help_text='A candidate can skip a question that is not.', verbose_name='required'),
        ),
        migrations.AlterField(
            model_name='question',
            name='time_limit',
            field=models.PositiveSmallIntegerField(default=180, help_text='Of the question with its follow-ups, in minutes and seconds: 3:00 is three minutes.', validators=[django.core.validators.MinValueValidator(5), django.core.validators.MaxValueValidator(600)], verbose_name='time limit'),
        ),
        migrations.AlterField(
            model_name='questionbank',
            name='description',
            field=models.TextField(blank=True, help_text='For your colleagues, not for candidates.', verbose_name='description'),
        ),
    ]
