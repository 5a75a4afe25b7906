"""What sections of a form are not called."""

from shenbao_applications.domain.pack.form_places import Pack
from shenbao_applications.domain.pack.source import Findings
from shenbao_applications.domain.pack.vocabulary import PAGES, RESERVED

_BY_PARTS = ("section", "step")
"""Ways of saving that show pages beside the sections."""


def check(pack: Pack, findings: Findings) -> None:
    """Objects to a name that rules use for something else, and to one that would hide behind a page."""
    for i, section in enumerate(pack["sections"]):
        page = pack["save_mode"] in _BY_PARTS and not section["read_only"] and section["key"] in PAGES
        if section["key"] in RESERVED or page:
            findings.add("reserved_name", f"sections.{i}.key", name=section["key"])
