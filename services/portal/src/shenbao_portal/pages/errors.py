"""What went wrong, in plain words and with a way on."""

from urllib.parse import urlsplit

import structlog
from flask import Flask, Response, current_app, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from shenbao_common.kernel import trace
from shenbao_portal.messages import words
from shenbao_portal.permission_names import SERVICES
from shenbao_portal.refusals import Refused, SignedOut, Unreachable
from shenbao_portal.signed_in import SIGN_IN_AGAIN
from shenbao_portal.texts import _

_log = structlog.get_logger()


def install(app: Flask) -> None:
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(SignedOut, _signed_out)
    app.register_error_handler(Unreachable, _unreachable)
    app.register_error_handler(CSRFError, _forged)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _bug)


def show(status: int, title: str, text: str, *, retry: bool = False) -> Response:
    """The one error page; htmx parts get only its message."""
    page = "error_part.html" if request.headers.get("HX-Request") else "error.html"
    back = _way_back() if request.method == "POST" else None
    response = make_response(
        render_template(page, status=status, title=title, text=text, retry=retry, back=back, trace=trace.current()),
        status,
    )
    if status == 503:
        response.headers["Retry-After"] = "3"
    return response


def _refused(refused: Refused) -> ResponseReturnValue:
    if refused.code == SIGN_IN_AGAIN:
        return _signed_out(SignedOut(SIGN_IN_AGAIN))
    titles = {403: _("没有权限"), 404: _("找不到页面"), 410: _("已结束"), 503: _("请稍候")}
    texts = [words(t.code, t.params) for t in refused]
    return show(
        refused.status, titles.get(refused.status, _("操作未完成")), " ".join(texts), retry=refused.status == 503
    )


def _signed_out(over: SignedOut) -> ResponseReturnValue:
    where = url_for("signing.sign_in", why=over.code, back=_way_back())
    if request.headers.get("HX-Request"):
        return Response(status=204, headers={"HX-Redirect": where})
    return redirect(where, 303)


def _way_back() -> str | None:
    """The page that was asked for; of a form or a part the page that it stands on."""
    if request.method == "GET" and not request.headers.get("HX-Request"):
        return request.full_path.rstrip("?")
    page = urlsplit(request.headers.get("HX-Current-URL") or request.referrer or "")
    pages = current_app.create_url_adapter(request)
    if page.netloc != request.host or not pages or not pages.test(page.path, "GET"):
        return None
    return f"{page.path}?{page.query}" if page.query else page.path


def _unreachable(gone: Unreachable) -> ResponseReturnValue:
    _log.warning("service_unreachable", unreachable=gone.service)
    text = _("%(name)s暂时没有响应，其他功能不受影响。请稍后再试，已保存的内容不会丢失。", name=SERVICES[gone.service])
    return show(503, _("服务暂时不可用"), text, retry=True)


def _forged(_error: CSRFError) -> ResponseReturnValue:
    return show(400, _("页面已过期"), _("页面停留时间过长或登录状态有变化，请返回上一页刷新后重新提交。"))


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.code and 300 <= error.code < 400:
        return error.get_response()
    known = {
        404: (_("找不到页面"), words("not_found")),
        405: (_("找不到页面"), words("method_not_allowed")),
        413: (_("内容过大"), words("too_large")),
    }
    title, text = known.get(error.code or 500, (_("操作未完成"), words("bad_request")))
    return show(error.code or 500, title, text)


def _bug(error: Exception) -> ResponseReturnValue:
    # Only the kind of error: its text may hold values of the request, and those may be personal.
    _log.error("unexpected_error", error=type(error).__name__, exc_info=error)
    return show(500, _("系统出现问题"), words("unexpected"), retry=True)
