"""The categories that candidates may name of themselves: those of the US EEO-1 report, in its words.

Source: EEO-1 Component 1, 29 CFR 1602.7; New York City's bias audit counts by the same (6 RCNY 5-300, "category").
The report knows two sexes; ANOTHER is ours, so that nobody has to choose a wrong one. The catalogues translate all.
"""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Sex(TextChoices):
    FEMALE = "female", _("Female")
    MALE = "male", _("Male")
    ANOTHER = "another", _("Another")
    DECLINED = "declined", _("Prefer not to say")


class Race(TextChoices):
    """Race and ethnicity, which the report asks for in one question."""

    HISPANIC = "hispanic", _("Hispanic or Latino")
    WHITE = "white", _("White (not Hispanic or Latino)")
    BLACK = "black", _("Black or African American (not Hispanic or Latino)")
    PACIFIC = "pacific", _("Native Hawaiian or other Pacific Islander (not Hispanic or Latino)")
    ASIAN = "asian", _("Asian (not Hispanic or Latino)")
    NATIVE = "native", _("American Indian or Alaska Native (not Hispanic or Latino)")
    SEVERAL = "several", _("Two or more races (not Hispanic or Latino)")
    DECLINED = "declined", _("Prefer not to say")


DEFINITIONS = {
    Race.HISPANIC: _(
        "A person of Cuban, Mexican, Puerto Rican, South or Central American, or other Spanish culture or origin, "
        "regardless of race."
    ),
    Race.WHITE: _("A person having origins in any of the original peoples of Europe, the Middle East or North Africa."),
    Race.BLACK: _("A person having origins in any of the Black racial groups of Africa."),
    Race.PACIFIC: _("A person having origins in any of the peoples of Hawaii, Guam, Samoa or other Pacific Islands."),
    Race.ASIAN: _(
        "A person having origins in any of the original peoples of the Far East, Southeast Asia or the Indian "
        "subcontinent."
    ),
    Race.NATIVE: _(
        "A person having origins in any of the original peoples of North and South America, including Central America, "
        "who maintains tribal affiliation or community attachment."
    ),
    Race.SEVERAL: _("A person who identifies with more than one of the races above."),
}
