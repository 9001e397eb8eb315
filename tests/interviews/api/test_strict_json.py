"""What can be read in two ways, or not be kept, is refused by every route that takes a body."""

from __future__ import annotations

import json
from typing import Any

import pytest

from interviews.api.strict_json import MAX_DEPTH, NotStrict, read_json
from tenants.models import Tenant
from tests.interviews.api.conftest import ApiClient
from tests.interviews.api.rows import make_rows
from tests.interviews.api.test_foreign_rows import BY_ADDRESS, BY_QUERY_OR_BODY, kept, path_of

HALF = '"\\ud83d"'
NUL = '"a\\u0000b"'
#: What is sent, and the place and code of what is wrong with it.
LOOSE: dict[str, tuple[str, tuple[str, str]]] = {
    "name twice": ('{"name": "a", "name": "b"}', ("/name", "repeated")),
    "name twice with the same value": ('{"name": 1, "other": 2, "name": 1}', ("/name", "repeated")),
    "name twice, once escaped": ('{"name": 1, "n\\u0061me": 1}', ("/name", "repeated")),
    "name twice inside": ('{"questions": [{}, {"a/b": {"c": 1, "c": 2}}]}', ("/questions/1/a~1b/c", "repeated")),
    "half a character": (f'{{"a": [{HALF}]}}', ("/a/0", "parse_error")),
    "half a character in a name": (f"{{{HALF}: 1}}", ("", "parse_error")),
    "NUL": (f'{{"a": {NUL}}}', ("/a", "parse_error")),
    "NUL in a name": (f'{{"a": {{{NUL}: 1}}}}', ("/a", "parse_error")),
    "one level more than enough": ("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1), ("/0" * MAX_DEPTH, "parse_error")),
    "no end of levels": ("[" * 100_000, ("", "parse_error")),
    "levels of objects": ('{"a":' * 100_000, ("", "parse_error")),
}
#: What is no JSON, so that there are no places in it.
WRONG: dict[str, bytes] = {
    "NaN": b'{"extra_time": NaN}',
    "Infinity": b'{"extra_time": [Infinity]}',
    "-Infinity": b"-Infinity",
    "beyond a float": b'{"extra_time": 1e999}',
    "beyond a float, by little": b"[-2E+308]",
    "beyond a float, without a power": b"9" * 250 + b"." + b"0" * 9 + b"e60",
    "beyond a float, written out": b'{"extra_time": ' + b"9" * 400 + b"}",
    "beyond Python's patience": b'{"extra_time": ' + b"9" * 5000 + b"}",
    "cut off": b'{"name": "a"',
    "more after it": b"{} {}",
    "comma at the end": b'{"name": 1,}',
    "NUL as it is": b'{"name": "a\0"}',
    "not UTF-8": b'{"name": "\xff"}',
    "half a character as it is": b'{"name": "\xed\xa0\xbd"}',
    "byte order mark": b"\xef\xbb\xbf{}",
}
WRITES = [*BY_ADDRESS, *(line for line in BY_QUERY_OR_BODY if line[1])]
WRITES = [(name, method) for name, method in WRITES if method in ("POST", "PATCH")]


def at(error: NotStrict) -> str:
    return "".join("/" + step.replace("/", "~1") for step in error.at)


@pytest.mark.parametrize("name", LOOSE)
def test_what_is_loose_is_named(name: str) -> None:
    text, expected = LOOSE[name]
    with pytest.raises(NotStrict) as refused:
        read_json(text)
    assert (at(refused.value), refused.value.code) == expected


@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_json_is_no_value(name: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        read_json(WRONG[name].decode())


@pytest.mark.parametrize(
    "value",
    [
        {"a": {"a": [{"a": 1}, {"a": 2}]}},
        {"a": "\\u0000 in letters, \\ud83d too, and \U0001f600"},
        {"a": [0, -1, 1.5, 2**64, 10**307, 1e308, -1e-300, True, None, ""], "b": [[], {}, {"c": []}]},
        [],
    ],
)
def test_what_is_strict_is_as_it_was(value: Any) -> None:
    assert read_json(json.dumps(value)) == read_json(json.dumps(value, ensure_ascii=False)) == value
    nested = "[" * MAX_DEPTH + "]" * MAX_DEPTH
    assert json.dumps(read_json(nested)) == nested


@pytest.mark.django_db
@pytest.mark.usefixtures("in_one_transaction")
def test_no_route_takes_it(acme: Tenant, api: ApiClient) -> None:
    rows = make_rows(acme)
    before = kept(acme)
    bodies = {name: text.encode() for name, (text, _expected) in LOOSE.items()} | WRONG
    for route, method in WRITES:
        for name, body in bodies.items():
            status, problem = api.send(method, path_of(route, rows), body)
            place, code = LOOSE.get(name, ("", ("", "")))[1]
            assert (route, name, status, problem["code"]) == (route, name, 400, code or "parse_error")
            told = [{"pointer": place, "code": code, "detail": problem["detail"]}] if code else None
            assert (route, name, problem.get("errors")) == (route, name, told)
    assert kept(acme) == before
