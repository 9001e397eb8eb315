"""What staff does with a bank as a whole: archive, restore, export, import."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.text import slugify
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from interviews.console.base import ConsoleAdmin
from interviews.domain import banks
from interviews.domain.bank_files import (
    CONTENT_TYPES,
    MAX_BYTES,
    MAX_QUESTIONS,
    Format,
    UnreadableFile,
    columns,
    export_bank,
    import_rows,
    read_rows,
)
from interviews.models import QuestionBank

SUFFIXES = {"csv": Format.CSV, "txt": Format.CSV, "yaml": Format.YAML, "yml": Format.YAML, "json": Format.JSON}


class UploadForm(forms.Form):
    """A file, or on the second step what the first one read, which is checked all over again."""

    file = forms.FileField(label=_("File"), required=False)
    content = forms.CharField(required=False)
    name = forms.CharField(required=False, max_length=200)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if file := cleaned.get("file"):
            cleaned["name"], cleaned["content"] = file.name, file.read(MAX_BYTES + 1)
        elif content := cleaned.get("content"):
            try:
                cleaned["content"] = base64.b64decode(content, validate=True)
            except binascii.Error as error:
                raise forms.ValidationError(_("Choose the file again.")) from error
        else:
            raise forms.ValidationError(_("Choose a file."))
        suffix = cleaned.get("name", "").rpartition(".")[2].lower()
        if suffix not in SUFFIXES:
            raise forms.ValidationError(_("Choose a file that ends in .csv, .yaml or .json."))
        cleaned["format"] = SUFFIXES[suffix]
        return cleaned


class BankSteps(ConsoleAdmin):
    """Each step is for those who may edit banks, exporting for all who may see them; all go into the audit log."""

    def get_urls(self) -> list[URLPattern]:
        steps = [
            ("archive", require_POST(self.archive)),
            ("restore", require_POST(self.restore)),
            ("export", require_safe(self.export)),
            ("import", self.import_file),
        ]
        own = [
            path(
                f"<uuid:object_id>/{name}/",
                self.admin_site.admin_view(view),
                name=f"interviews_questionbank_{name}",
            )
            for name, view in steps
        ]
        return own + super().get_urls()

    def archive(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        bank = self.find(request, object_id)
        banks.archive_bank(bank=bank)
        self.log_change(request, bank, "archived")
        messages.success(request, gettext("The bank is archived: its questions are offered to no interview."))
        return self.back(bank)

    def restore(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        bank = self.find(request, object_id)
        banks.restore_bank(bank=bank)
        self.log_change(request, bank, "restored")
        messages.success(request, gettext("The bank is back."))
        return self.back(bank)

    def export(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        bank = self.find(request, object_id, edit=False)
        try:
            format = Format(request.GET.get("format", Format.CSV))
        except ValueError as error:
            raise Http404("There is no such format.") from error
        self.log_change(request, bank, f"exported as {format.upper()}")
        name = slugify(bank.name) or "questions"
        return HttpResponse(
            export_bank(bank=bank, format=format),
            content_type=CONTENT_TYPES[format],
            headers={"Content-Disposition": f'attachment; filename="{name}.{format}"'},
        )

    def import_file(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        """Choose a file; see what is in it; import what is good."""
        bank = self.find(request, object_id)
        context: dict[str, Any] = {}
        if request.method == "POST":
            form = UploadForm(request.POST, request.FILES)
            if not form.is_valid():
                context["problem"] = " ".join(map(str, form.non_field_errors())) or gettext("Choose a file.")
            else:
                entered = form.cleaned_data
                try:
                    rows = read_rows(bank=bank, content=entered["content"], format=entered["format"])
                except UnreadableFile as error:
                    context["problem"] = str(error)
                else:
                    if "_import" in request.POST:
                        return self.write(request, bank, rows)
                    context = {
                        "rows": rows,
                        "new_count": sum(row.is_new for row in rows),
                        "bad_count": sum(bool(row.problems) for row in rows),
                        "known_count": sum(row.known and not row.problems for row in rows),
                        "name": entered["name"],
                        "content": base64.b64encode(entered["content"]).decode(),
                    }
        context |= self.admin_site.each_context(request) | {
            "title": gettext("Import questions into %s") % bank,
            "bank": bank,
            "opts": self.opts,
            "columns": columns(),
            "max_questions": MAX_QUESTIONS,
            "max_kilobytes": MAX_BYTES // 1024,
        }
        return TemplateResponse(request, "console/bank_import.html", context)

    def write(self, request: HttpRequest, bank: QuestionBank, rows: Any) -> HttpResponse:
        added = import_rows(bank=bank, rows=rows)
        self.log_change(request, bank, f"imported {added} questions into")
        said = ngettext("%d question is imported.", "%d questions are imported.", added) % added
        messages.success(request, said)
        return self.back(bank)

    def find(self, request: HttpRequest, object_id: Any, *, edit: bool = True) -> QuestionBank:
        """The tenant's bank, for somebody who may edit or see it. Raises Http404 and PermissionDenied."""
        bank: QuestionBank | None = self.get_object(request, str(object_id))
        if bank is None:
            raise Http404(f"There is no question bank {object_id}.")
        if not (self.has_change_permission(request, bank) if edit else self.has_view_permission(request, bank)):
            raise PermissionDenied
        return bank

    def back(self, bank: QuestionBank) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:interviews_questionbank_change", args=[bank.pk]))
