"""Lists that are copied into a form, and tables that are shown outside of it."""

from typing import Any

from shenbao_applications.domain.pack.form_places import form_field
from shenbao_applications.domain.pack.source import Findings
from shenbao_applications.domain.pack.vocabulary import PUBLICITY_TABLE

Pack = dict[str, Any]

PUBLIC_TYPES = frozenset({"text", "long_text", "choice", "date", "month", "integer", "number"})
"""What everybody may read if the programme says so; numbers by which a person is reached or known never are."""


def check_cited(pack: Pack, findings: Findings) -> None:
    """What is cited from an archive is one list of rows (S1-27)."""
    for s, section in enumerate(pack["sections"]):
        if section["archive"] and [field["type"] for field in section["fields"]] != ["rows"]:
            findings.add("cites_one_list_of_rows", f"sections.{s}.archive")


def check_publicity(pack: Pack, findings: Findings) -> None:
    """A table that hangs in the unit shows nobody's number (S1-41)."""
    for d, document in enumerate(pack["documents"]):
        columns = document.get("columns", ()) if document["kind"] == PUBLICITY_TABLE else ()
        for c, column in enumerate(columns):
            field = form_field(pack, column["value"]) or {"type": "text"}
            if field["type"] not in PUBLIC_TYPES:
                findings.add("not_for_publicity", f"documents.{d}.columns.{c}", type=field["type"])
