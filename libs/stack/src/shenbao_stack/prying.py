"""Asks for everything that there is, as somebody who would like to know what is not for them."""

import io
import re
from collections.abc import Iterator, Mapping

import httpx
import pypdf

from shenbao_stack.client import User
from shenbao_stack.services import SERVICES
from shenbao_stack.world import done

METHODICAL = ("/authorize", "/authorize/resume", "/logout")
"""Where a browser signs in and out."""


def asked(reader: User, names: Mapping[str, str], *, otherwise: str) -> Iterator[tuple[str, httpx.Response]]:
    """Every GET route of every service, as its OpenAPI document lists them, with the parameters that it demands.

    names: what stands for a parameter; otherwise: for one in a query that is not named. An id that is not named is the
    application's.
    """
    for service in SERVICES:
        for path, verbs in done(reader.call("GET", service, "/openapi.json"))["paths"].items():
            if "get" in verbs and path not in METHODICAL:
                demanded = [p for p in verbs["get"].get("parameters", ()) if isinstance(p, dict) and p.get("required")]
                query = {p["name"]: names.get(p["name"], otherwise) for p in demanded if p["in"] == "query"}
                filled = {name: names.get(name, names["application_id"]) for name in re.findall(r"{(\w+)}", path)}
                yield f"{service} {path}", reader.call("GET", service, path.format_map(filled), params=query)


def text_of(answer: httpx.Response) -> str:
    """What can be read of an answer, its headers with it."""
    if answer.headers.get("content-type") == "application/pdf":
        return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(answer.content)).pages)
    return f"{answer.headers} {answer.text}"
