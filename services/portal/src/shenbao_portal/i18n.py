"""Chinese first, English beside it: the switch, and how text that is data is shown in the other language."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, request
from flask_babel import Babel
from markupsafe import Markup

from shenbao_portal.texts import _

COOKIE = "shenbao_language"
LANGUAGES = {"zh": "中文", "en": "English"}
TAGS = {"zh": "zh-CN", "en": "en"}
"""Values for the `lang` attribute (BCP 47)."""

_CHINESE = re.compile(r"[\u3400-\u9fff]")
_FIGURES = re.compile(r"[\d\s.:/~-]+")
"""Dates, times, numbers and spans of them."""
_OFFICE_ZONE = ZoneInfo("Asia/Shanghai")


def install(app: Flask) -> None:
    """msgids are the Chinese texts, so Chinese needs no catalogue."""
    app.config.update(BABEL_DEFAULT_LOCALE="zh", BABEL_TRANSLATION_DIRECTORIES="translations")
    Babel(app, locale_selector=language)
    app.jinja_env.filters.update(
        zh=zh, label=label, moment=moment, second=second, exactly=exactly, waited=waited, day=day
    )
    app.jinja_env.tests["figures"] = lambda text: bool(_FIGURES.fullmatch(str(text or "")))
    app.jinja_env.globals.update(language=language, language_tag=language_tag, lang_of=lang_of, languages=LANGUAGES)


def language() -> str:
    """The chosen language; Chinese until another is chosen."""
    chosen = request.cookies.get(COOKIE, "zh")
    return chosen if chosen in LANGUAGES else "zh"


def language_tag() -> str:
    return TAGS[language()]


def zh(text: object) -> Markup:
    """Text of people and offices, never translated: marked as Chinese on an English page (WCAG 3.1.2), once."""
    shown = Markup.escape("" if text is None else text)
    if language() != "zh" and _CHINESE.search(shown) and 'lang="zh-CN"' not in shown:
        return Markup('<span lang="zh-CN">{}</span>').format(shown)
    return shown


def naming(sentence: object, /, **values: object) -> Markup:
    """A sentence of ours whose values are data: each is marked where it is Chinese, the sentence is not."""
    marked = {key: value if isinstance(value, int | Markup) else zh(value) for key, value in values.items()}
    return Markup.escape(str(sentence)) % marked


def lang_of(text: object) -> Markup:
    """The same as an attribute, for elements that hold only text (`option`)."""
    foreign = language() != "zh" and _CHINESE.search(str(text or ""))
    return Markup(' lang="zh-CN"') if foreign else Markup()


def label(named: Mapping[str, Any] | None) -> Markup:
    """The name that a programme pack gives a thing: `en` on English pages where the pack has it, else `zh`."""
    if not named:
        return Markup()
    return zh(named_text(named))


def named_text(named: Mapping[str, Any]) -> str:
    """The same as plain text."""
    order = ("en", "label_en", "zh", "label_zh", "name") if language() == "en" else ("zh", "label_zh", "name")
    return next((str(named[key]) for key in order if named.get(key)), "")


def moment(value: str | None) -> str:
    """An API's instant as office time to the minute: 2014-05-06 10:30."""
    if not value:
        return ""
    return datetime.fromisoformat(value).astimezone(_OFFICE_ZONE).strftime("%Y-%m-%d %H:%M")


def second(value: str | None) -> str:
    """The same to the second, as applications were declared: 2020-04-09 20:14:34."""
    if not value:
        return ""
    return datetime.fromisoformat(value).astimezone(_OFFICE_ZONE).strftime("%Y-%m-%d %H:%M:%S")


def exactly(value: str | None) -> str:
    """The same to the millisecond, for operators."""
    if not value:
        return ""
    return datetime.fromisoformat(value).astimezone(_OFFICE_ZONE).isoformat(" ", "milliseconds")[:-6]


def waited(seconds: float) -> str:
    """How long something has waited, in two units at most."""
    whole = int(seconds)
    days, hours, minutes = whole // 86400, whole % 86400 // 3600, whole % 3600 // 60
    if days:
        return _("%(days)d 天 %(hours)d 小时", days=days, hours=hours)
    if hours:
        return _("%(hours)d 小时 %(minutes)d 分", hours=hours, minutes=minutes)
    return _("%(minutes)d 分 %(seconds)d 秒", minutes=minutes, seconds=whole % 60)


def day(value: str | None) -> str:
    """An API's day or instant as a day in the office's zone."""
    if not value or len(value) == 10:
        return value or ""
    return moment(value)[:10]
