"""The form of a subscribing system, and what it becomes for the service."""

import re
from collections.abc import Mapping
from typing import Any

from wtforms import HiddenField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import ValidationError

from shenbao_portal import programmes
from shenbao_portal.forms import Form, Needed, at_most, given
from shenbao_portal.i18n import named_text
from shenbao_portal.texts import _, _l

CHANNELS: Mapping[str, object] = {
    "webhook": _l("推送到地址"),
    "amqp": _l("专用消息队列"),
    "feed": _l("自行读取"),
}
AUTHS: Mapping[str, object] = {
    "none": _l("只用签名"),
    "oauth2": _l("OAuth2 客户端凭据"),
    "mtls": _l("客户端证书（mTLS）"),
}
RESULTS: Mapping[str, object] = {
    "passed": _l("环节通过"),
    "returned": _l("环节退回"),
    "failed": _l("环节不通过"),
    "approved": _l("申报通过"),
    "withdrawn": _l("申报撤回"),
}
PAUSES: Mapping[str, object] = {
    "administrator": _l("由管理员暂停"),
    "repeated_failure": _l("连续一天未能送达"),
    "event_refused": _l("有事件在一天内始终被拒收"),
    "gone": _l("对方表示不再接收（410）"),
}
_TROUBLES: Mapping[str, object] = {
    "timeout": _l("对方未在规定时间内应答"),
    "connection_refused": _l("对方拒绝连接"),
    "connection_failed": _l("连接中断"),
    "name_unknown": _l("找不到该地址"),
    "certificate_refused": _l("对方的证书不可信"),
    "tls_failed": _l("无法建立加密连接"),
    "no_http_answer": _l("对方的应答无法识别"),
    "private_address": _l("该地址指向内部网络"),
    "https_required": _l("须使用 https 地址"),
    "token_unreadable": _l("对方给出的令牌无法识别"),
    "queue_refused": _l("消息队列已满或已被删除"),
}
_CREDENTIALS = {
    "token_url": "token_url",
    "client_id": "oauth_client_id",
    "client_secret": "client_secret",
    "scope": "scope",
    "certificate": "certificate",
    "private_key": "private_key",
}
"""Field of the service's webhook to field of the form."""

NAMES = {"webhook": "url", "webhook.client_id": "oauth_client_id"}
"""Paths of objections that would else be put at another field."""

_OFF = {"autocomplete": "off"}


class SubscriberForm(Form):
    name = StringField(_l("系统名称"), [Needed(), at_most(100)], render_kw=_OFF)
    client_id = StringField(
        _l("客户端标识"),
        [at_most(100)],
        description=_l("该系统在统一认证中的客户端；凭其令牌读取事件、申请重放"),
        render_kw=_OFF,
    )
    url = StringField(_l("推送地址"), [at_most(2000)], description=_l("https 地址，不跟随跳转"), render_kw=_OFF)
    auth = SelectField(_l("身份验证"), choices=list(AUTHS.items()), default="none")
    token_url = StringField(_l("令牌地址"), [at_most(2000)], render_kw=_OFF)
    oauth_client_id = StringField(_l("本系统在对方的客户端标识"), [at_most(500)], render_kw=_OFF)
    client_secret = StringField(_l("客户端密钥"), [at_most(2000)], description=_l("保存后不再显示"), render_kw=_OFF)
    scope = StringField(_l("权限范围"), [at_most(500)], render_kw=_OFF)
    certificate = TextAreaField(_l("证书（PEM）"), [at_most(20000)])
    private_key = TextAreaField(_l("私钥（PEM）"), [at_most(20000)], description=_l("保存后不再显示"))
    programmes = SelectMultipleField(_l("申报事项"), description=_l("不勾选为不限"), validate_choice=False)
    years = StringField(_l("申报年度"), description=_l("用逗号分隔；不填为不限"), render_kw=_OFF)
    bodies = SelectMultipleField(_l("机构（含其下级和单位）"), description=_l("不勾选为不限"), validate_choice=False)
    results = SelectMultipleField(
        _l("结果"), choices=list(RESULTS.items()), description=_l("不勾选为不限"), validate_choice=False
    )
    steps = StringField(_l("审核环节标识"), description=_l("用逗号分隔；不填为不限"), render_kw=_OFF)
    types = SelectMultipleField(_l("事件类型"), description=_l("不勾选为全部"), validate_choice=False)
    etag = HiddenField()

    def offer(self, organisations: list[dict[str, Any]], types: list[str], kept: list[str]) -> None:
        """Fills in the choices; kept: bodies of the present filter, which may be units."""
        known = {item["id"]: item["name"] for item in organisations}
        self.bodies.choices = [*known.items(), *((body, body) for body in kept if body not in known)]
        self.types.choices = [(name, name) for name in types]
        self.programmes.choices = [(programmes.programme_key(p), named_text(p)) for p in programmes.published()]

    def without(self, channel: str) -> None:
        """Takes away what this channel does not need."""
        if channel != "webhook":
            for name in ("url", "auth", *_CREDENTIALS.values()):
                if name in self._fields:
                    del self[name]

    def validate_years(self, field: Any) -> None:
        if not all(re.fullmatch(r"\d{4}", year) for year in split(field.data)):
            raise ValidationError(_("请填写四位年份，用逗号分隔"))

    def body(self, channel: str, present: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """As the service takes it; a webhook that was not touched is left as it is."""
        wanted: dict[str, Any] = {
            "name": (self.name.data or "").strip(),
            "client_id": (self.client_id.data or "").strip() or None,
            "filter": {
                "programmes": self.programmes.data or [],
                "years": [int(year) for year in split(self.years.data)],
                "bodies": self.bodies.data or [],
                "results": self.results.data or [],
                "steps": split(self.steps.data),
                "types": self.types.data or [],
            },
        }
        if channel == "webhook" and (webhook := self._webhook(present)):
            wanted["webhook"] = webhook
        return wanted

    def _webhook(self, present: Mapping[str, Any] | None) -> dict[str, str]:
        credentials = given({api: (self[own].data or "").strip() for api, own in _CREDENTIALS.items()})
        address = {"url": (self.url.data or "").strip(), "auth": self.auth.data}
        if present and not credentials and address == {name: present[name] for name in address}:
            return {}
        return address | credentials if address["url"] else {}


def trouble(code: str | None) -> str:
    """What went wrong with the last try, in words."""
    if not code:
        return ""
    if code in _TROUBLES:
        return str(_TROUBLES[code])
    if code.startswith("token_"):
        return _("获取令牌：%(why)s", why=trouble(code.removeprefix("token_")))
    if code.startswith("http_"):
        return _("对方应答 %(status)s", status=code.removeprefix("http_"))
    return code


def data_of(subscriber: Mapping[str, Any]) -> dict[str, Any]:
    """What the form shows of a subscriber as it is."""
    wanted = subscriber["filter"]
    shown = {name: subscriber[name] for name in ("name", "client_id", "url", "auth")}
    lists = {name: wanted[name] for name in ("programmes", "bodies", "results", "types")}
    texts = {name: ", ".join(map(str, wanted[name])) for name in ("years", "steps")}
    return {**shown, **lists, **texts}


def split(text: str | None) -> list[str]:
    return [part for part in re.split(r"[,\uff0c\u3001\s]+", text or "") if part]
