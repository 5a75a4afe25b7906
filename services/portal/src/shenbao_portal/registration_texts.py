"""What registrations of units are refused with."""

from collections.abc import Mapping

from shenbao_portal.texts import _l

REGISTRATION_TEXTS: Mapping[str, object] = {
    "registration_under_review": _l("该单位的注册正在人工审核，审核通过后即可登录"),
    "registration_rejected": _l("该单位的注册未通过人工审核，请在“查询注册进度”查看原因并重新提交"),
    "registration_not_checked": _l("请先完成单位信息比对"),
    "name_not_of_number": _l("姓名与身份证号码不一致，请核对"),
    "sex_differs": _l("性别与身份证号码不一致，请核对"),
    "real_name_unavailable": _l("身份信息比对暂时没有响应，请稍后再试"),
    "agent_required": _l("请先完成经办人信息比对"),
    "agent_invalid": _l("经办人信息比对已失效，请重新进行"),
    "agent_expired": _l("经办人信息比对已失效，请重新进行"),
    "register_with_code": _l("能提供统一社会信用代码证件的，请使用统一社会信用代码注册"),
    "code_needed": _l("本平台只接受有统一社会信用代码的单位注册"),
    "other_code_needed": _l("请填写 18 位统一社会信用代码"),
    "has_reported": _l("已有上报的申报材料，账号不能删除；已上报的材料由受理部门保存"),
    "person_not_registered": _l("未找到此人，请本人先在个人入口注册"),
    "already_linked": _l("此人已是本单位工作人员"),
    "no_recovery_without_staff": _l("没有启用的工作人员时，忘记密码后无法在线找回"),
    "recovery_refused": _l("所填信息与登记的不一致，请核对后重试"),
    "recovery_locked": _l("失败次数过多，找回密码功能暂时锁定，请稍后再试"),
    "not_the_registered_name": _l("登记的单位名称为“%(name)s”，请按登记名称填写"),
}
