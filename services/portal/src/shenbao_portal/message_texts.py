"""The catalogue behind messages.py: one line a code, in the order general, signing in, units, declarations, files."""

from collections.abc import Mapping

from shenbao_portal.texts import _l

TEXTS: Mapping[str, object] = {
    # Any service.
    "required": _l("此项必填"),
    "invalid": _l("填写的内容不符合要求"),
    "too_long": _l("不得超过 %(limit)s 个字"),
    "too_short": _l("不得少于 %(limit)s 个字"),
    "wrong_length": _l("长度不符合要求（%(limit)s）"),
    "wrong_format": _l("格式不正确"),
    "wrong_type": _l("格式不正确"),
    "unknown_field": _l("包含系统不认识的内容"),
    "unknown_value": _l("所选内容不存在"),
    "immutable": _l("此项不可修改"),
    "bad_request": _l("请求的内容无法识别"),
    "not_found": _l("您要找的内容不存在，或不在您的权限范围内"),
    "method_not_allowed": _l("不支持此操作"),
    "too_large": _l("提交的内容过大"),
    "wrong_media_type": _l("文件类型不正确"),
    "unexpected": _l("系统出现意外问题，请稍后再试"),
    "behind": _l("刚才的改动正在同步，请稍后刷新"),
    "stale": _l("内容已被他人修改，请刷新页面后重新操作"),
    "precondition_required": _l("请刷新页面后重新操作"),
    "idempotency_key_reused": _l("表单已提交过，请刷新页面后重新填写"),
    "too_many_requests": _l("操作过于频繁，请稍后再试"),
    "permission_missing": _l("您没有此项操作权限"),
    "wrong_kind_of_account": _l("您的账号类型不能进行此项操作"),
    "session_over": _l("登录已过期，请重新登录"),
    "token_missing": _l("请先登录"),
    "token_invalid": _l("登录已失效，请重新登录"),
    "token_expired": _l("登录已过期，请重新登录"),
    "token_outdated": _l("账号权限有变动，请重新登录"),
    # Signing in and accounts.
    "sign_in_refused": _l("用户名或密码不正确"),
    "image_code_wrong": _l("验证码不正确，请按新的图片重新输入"),
    "account_disabled": _l("该账号已被禁用，请联系所在单位或管理员"),
    "account_locked": _l("登录失败次数过多，账号已暂时锁定，请稍后再试"),
    "challenge_over": _l("登录页面已过期，请重新登录"),
    # Units.
    "confirmation_required": _l("材料数量有变动，请重新确认"),
    "sub_account_has_records": _l("有申报记录的子账号，不可删除"),
}
