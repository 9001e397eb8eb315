"""Reading a pasted list or a CSV file into rows of cells, and guessing what its columns hold."""

import csv
import re
from email.utils import parseaddr

#: More than any list of candidates; the form says so before anything is read into the database.
MAX_BYTES = 4 * 1024 * 1024
MAX_ROWS = 10_000
MAX_COLUMNS = 40
#: More than any field takes, so that what is too long is seen to be, and little of what is no list is kept.
MAX_CELL = 2100

DELIMITERS = "\t;,"

#: What a column may be. A list has `email` at least.
FIELDS = {
    "email": "E-mail",
    "name": "Name",
    "first_name": "First name",
    "last_name": "Last name",
    "locale": "Language",
    "time_zone": "Time zone",
    "extra_time": "Extra time",
    "expires_at": "Link works until",
    "personal_note": "Personal note",
}

#: How such columns are headed in lists that people have, in lower case without anything but letters.
HEADINGS = {
    "email": ("email", "mail", "emailaddress", "mailaddress", "address", "correo", "courriel", "epost"),
    "name": ("name", "fullname", "candidate", "candidatename", "applicant", "nombre", "nom", "nome"),
    "first_name": ("firstname", "givenname", "vorname", "prenom", "prénom"),
    "last_name": ("lastname", "surname", "familyname", "nachname", "apellidos"),
    "locale": ("language", "locale", "lang", "sprache", "idioma", "langue"),
    "time_zone": ("timezone", "tz", "zeitzone"),
    "extra_time": ("extratime", "extra", "timefactor"),
    "expires_at": ("expires", "expiresat", "expiry", "deadline", "until", "linkworksuntil"),
    "personal_note": ("note", "personalnote", "message", "comment"),
}


class TableError(ValueError):
    """The list cannot be read; the message says what to change."""


def decode(content: bytes) -> str:
    """The text of a file as spreadsheets write it: UTF-8 with or without its mark, UTF-16, else Windows-1252."""
    if len(content) > MAX_BYTES:
        raise TableError("This file is larger than 4 MB. Split it.")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def read_table(text: str) -> list[list[str]]:
    """Rows of cells, empty lines left out. Raises TableError."""
    text = text.replace("\x00", "")
    try:
        rows = [
            row
            for row in csv.reader(text.splitlines(keepends=True), delimiter=find_delimiter(text))
            if any(map(str.strip, row))
        ]
    except csv.Error as error:
        raise TableError(f"This is not a table: {error}.") from error
    if not rows:
        raise TableError("There is nobody in this list.")
    if len(rows) > MAX_ROWS + 1:
        raise TableError(f"This list has {len(rows):,} rows; {MAX_ROWS:,} fit. Split it.")
    return [[cell.strip()[:MAX_CELL] for cell in row[:MAX_COLUMNS]] for row in rows]


def find_delimiter(text: str) -> str:
    """The one that splits the first lines most."""
    head = "\n".join(text.splitlines()[:20])
    return max(DELIMITERS, key=head.count) if any(map(head.count, DELIMITERS)) else ","


def has_header(table: list[list[str]]) -> bool:
    return not any("@" in cell for cell in table[0])


def guess_mapping(table: list[list[str]]) -> dict[str, int]:
    """Field -> number of its column, by the headings; without any, the addresses and what stands beside them."""
    mapping: dict[str, int] = {}
    if has_header(table):
        for number, heading in enumerate(table[0]):
            plain = re.sub(r"[\W\d_]", "", heading.lower())
            field = next((field for field, names in HEADINGS.items() if plain in names), None)
            if field and field not in mapping:
                mapping[field] = number
    if "email" not in mapping:
        body = table[1:] if has_header(table) else table
        width = max(map(len, table))
        counts = [sum(len(row) > number and "@" in row[number] for row in body[:50]) for number in range(width)]
        mapping["email"] = counts.index(max(counts))
    if not has_header(table) and len(table[0]) > 1:
        mapping["name"] = 0 if mapping["email"] else 1
    return mapping


def read_person(cells: dict[str, str]) -> tuple[str, str]:
    """Name and address of one row. `Kim Doe <kim@example.org>` in the address's column gives both."""
    display, address = parseaddr(cells.get("email", "")) if "<" in cells.get("email", "") else ("", "")
    address = address or cells.get("email", "")
    whole = " ".join(filter(None, (cells.get("first_name"), cells.get("last_name"))))
    name = cells.get("name") or whole or display or re.sub(r"[._+-]+", " ", address.partition("@")[0]).title()
    return " ".join(name.split()), address.lower()
