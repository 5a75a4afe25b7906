"""What people are told of, in which words, by which channels."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LANGUAGES = ("zh", "en")
CHANNELS = ("sms", "mail")
"""Besides the portal, where every message is."""

Wording = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Topic:
    """always: by short message whatever was chosen, since somebody else may have done it. sign: before short ones."""

    title: Wording
    text: Wording
    always: bool = False
    sign: Wording


@dataclass(frozen=True)
class Place:
    """A value in both languages."""

    zh: str
    en: str


_IN_BRACES = re.compile(r"\{([a-z_]+)\}")
_PLATFORM = {"zh": "【申报服务平台】", "en": "[Shenbao] "}
_HOTLINE = {"zh": "【12333】", "en": "[12333] "}


def _topic(title: tuple[str, str], text: tuple[str, str], *, sign: Wording = _PLATFORM, always: bool = False) -> Topic:
    return Topic(
        title=dict(zip(LANGUAGES, title, strict=True)),
        text=dict(zip(LANGUAGES, text, strict=True)),
        sign=sign,
        always=always,
    )


TOPICS: Mapping[str, Topic] = {
    "returned": _topic(
        ("材料被退回", "Returned for correction"),
        (
            "您申报的{programme}（编号 {reference}）在“{step}”环节被退回，请登录查看退回原因，修改后重新提交。",
            "Your application {reference} ({programme}) was returned at the step “{step}”. "
            "Please sign in, read the reason, correct it and report it again.",
        ),
    ),
    "rejected": _topic(
        ("审核未通过", "Not passed"),
        (
            "您申报的{programme}（编号 {reference}）在“{step}”环节未通过，请登录查看审核意见。",
            "Your application {reference} ({programme}) did not pass the step “{step}”. "
            "Please sign in and read the opinion.",
        ),
    ),
    "approved": _topic(
        ("审核通过", "Approved"),
        (
            "您申报的{programme}（编号 {reference}）已审核通过。",
            "Your application {reference} ({programme}) was approved.",
        ),
    ),
    "publicity_started": _topic(
        ("公示开始", "Publicity has begun"),
        (
            "您申报的{programme}（编号 {reference}）开始公示，公示至 {until}。",
            "The publicity of your application {reference} ({programme}) has begun and runs until {until}.",
        ),
    ),
    "certificate_issued": _topic(
        ("证书已签发", "Certificate issued"),
        (
            "您申报的{programme}（编号 {reference}）的证书已签发，请登录下载。",
            "The certificate for your application {reference} ({programme}) was issued. Please sign in to download it.",
        ),
    ),
    "export_written": _topic(
        ("导出文件已生成", "Export ready"),
        (
            "您导出的工作簿（共 {number} 行）已生成，请在 {until} 之前登录下载。",
            "The workbook that you exported ({number} rows) is ready. Please sign in and download it before {until}.",
        ),
    ),
    "forms_printed": _topic(
        ("批量打印已完成", "Forms printed"),
        (
            "您批量打印的材料（共 {number} 份）已完成，请在 {until} 之前登录，在“批量打印”中下载。",
            "The {number} forms that you had printed are ready. Please sign in and download them under “Print many” "
            "before {until}.",
        ),
    ),
    "authorization_approved": _topic(
        ("授权委托书审核通过", "Authorization letter approved"),
        (
            "贵单位的授权委托书已审核通过，现在可以办理全部业务。",
            "The authorization letter of your unit was approved; everything can be done now.",
        ),
        sign=_HOTLINE,
        always=True,
    ),
    "authorization_rejected": _topic(
        ("授权委托书审核未通过", "Authorization letter rejected"),
        (
            "贵单位的授权委托书未通过审核，请登录查看原因并重新提交。",
            "The authorization letter of your unit was rejected. Please sign in, read the reason and submit it again.",
        ),
        sign=_HOTLINE,
        always=True,
    ),
    "password_recovered": _topic(
        ("登录密码已重新设置", "Password set anew"),
        (
            "您的登录密码已重新设置。如非本人操作，请立即联系平台。",
            "Your password was set anew. If that was not you, contact the platform at once.",
        ),
        always=True,
    ),
    "email_changed": _topic(
        ("找回密码的邮箱已修改", "Another mail address for recovery"),
        (
            "您账号的找回密码邮箱已修改。如非本人操作，请立即联系平台。",
            "The mail address that your password is recovered by was changed. "
            "If that was not you, contact the platform at once.",
        ),
        always=True,
    ),
    "mobile_changed": _topic(
        ("已改绑其他手机号", "Another mobile was bound"),
        (
            "您的账号已改绑其他手机号。如非本人操作，请立即联系平台。",
            "Another mobile was bound to your account. If that was not you, contact the platform at once.",
        ),
        always=True,
    ),
}
"""By what happened; a programme's pack may say its own in its own words (docs/programmes.md)."""


def worded(topic: str, own: Mapping[str, Any], places: Mapping[str, Place]) -> dict[str, dict[str, str]]:
    """Title, text and short text in each language: the programme's own words, or ours."""
    usual = TOPICS[topic]
    said = own.get(topic) or {"title": usual.title, "text": usual.text}
    text = {language: _filled(said["text"][language], places, language) for language in LANGUAGES}
    short = said.get("sms")
    return {
        "title": {language: _filled(said["title"][language], places, language) for language in LANGUAGES},
        "text": text,
        "sms": {
            language: _filled(short[language], places, language) if short else usual.sign[language] + text[language]
            for language in LANGUAGES
        },
    }


def channels_of(topic: str, chosen: list[str]) -> list[str]:
    """By which it goes out."""
    return [channel for channel in CHANNELS if channel in chosen or (channel == "sms" and TOPICS[topic].always)]


def _filled(text: str, places: Mapping[str, Place], language: str) -> str:
    # Not str.format: a pack's text is data, and must reach nothing but these values.
    return _IN_BRACES.sub(lambda found: getattr(places[found[1]], language) if found[1] in places else found[0], text)
