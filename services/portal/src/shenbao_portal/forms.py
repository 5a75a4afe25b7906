"""Forms: WTForms for what the portal asks itself, and a place for the objections that a service answers."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import render_template, request
from flask_wtf import FlaskForm
from wtforms.validators import EqualTo, InputRequired, Length, StopValidation

from shenbao_portal.client import new_key
from shenbao_portal.messages import words
from shenbao_portal.refusals import Refused
from shenbao_portal.texts import _, _l

ONCE = "_once"
"""Hidden field with the idempotency key of this rendering."""


class Form(FlaskForm):  # type: ignore[misc]
    """A form with the protection against forged requests; every page's forms derive from it."""

    form_errors: list[str]

    @property
    def troubles(self) -> list[tuple[str, str]]:
        """(id of the control or "", text) of every objection in order of the fields, for the summary."""
        own = [(field, text) for field in self if field.name != "csrf_token" for text in field.errors]
        listed = [(field.id, _("%(label)s：%(text)s", label=field.label.text, text=text)) for field, text in own]
        return [*(("", str(text)) for text in self.form_errors), *listed]

    def take(self, refused: Refused, names: Mapping[str, str] | None = None) -> None:
        """Puts a service's objections at the fields; names: API field -> field of this form, where they differ."""
        for trouble in refused:
            name = (names or {}).get(trouble.path) or (names or {}).get(trouble.name) or trouble.name
            text = words(trouble.code, trouble.params)
            if name in self._fields:
                field = self._fields[name]
                field.errors = [*field.errors, text]
            else:
                self.form_errors = [*self.form_errors, text]

    def say(self, text: str, name: str = "") -> None:
        """One objection of the portal's own, at a field or at the whole."""
        if name:
            self._fields[name].errors = [*self._fields[name].errors, text]
        else:
            self.form_errors = [*self.form_errors, text]


class Needed(InputRequired):  # type: ignore[misc]
    """The field may not be empty or blank; marked with * by the templates."""

    def __init__(self, message: Any = None) -> None:
        super().__init__(message or _l("此项必填"))

    def __call__(self, form: Any, field: Any) -> None:
        super().__call__(form, field)
        if isinstance(field.data, str) and not field.data.strip():
            field.errors[:] = []
            raise StopValidation(self.message)


def at_most(length: int) -> Length:
    return Length(max=length, message=_l("不得超过 %(max)d 个字"))


def same_as(name: str) -> EqualTo:
    return EqualTo(name, message=_l("两次输入的密码不一致"))


def once() -> str:
    """The idempotency key that came with the form, or a new one."""
    return request.form.get(ONCE) or new_key()


def stripped(form: Form, *names: str) -> dict[str, str]:
    """The named fields' values without surrounding blanks."""
    return {name: (form[name].data or "").strip() for name in names}


def given(values: Mapping[str, Any], names: Iterable[str] | None = None) -> dict[str, Any]:
    """Only what was filled in: optional values left empty are not sent."""
    return {k: v for k, v in values.items() if (names is None or k in names) and v not in ("", None)}


def form_page(form: Form, title: str, above: tuple[str, str], *fields: str) -> str:
    """A page that is a form and nothing else; above: name and path of the page that it came from."""
    return render_template("parts/form_page.html", form=form, title=title, above=above, fields=fields)
