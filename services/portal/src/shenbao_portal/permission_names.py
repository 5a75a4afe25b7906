"""What each permission, kind of account, level and service is called."""

from collections.abc import Mapping

from shenbao_portal.texts import _l

PERMISSIONS: Mapping[str, object] = {
    "application.fill": _l("填写材料"),
    "application.report": _l("上报材料"),
    "application.print": _l("打印相关表格"),
    "application.export": _l("导出汇总表"),
    "profile.change": _l("修改本人基本信息"),
    "password.change": _l("修改本人密码"),
    "unit.manage": _l("管理单位信息"),
    "sub_account.manage": _l("管理子账号"),
    "review.decide": _l("审核材料"),
    "review.return": _l("退回材料"),
    "review.assign": _l("分派材料"),
    "project.publish": _l("发布申报项目"),
    "staff.manage": _l("管理本级人员"),
    "programme.publish": _l("发布申报事项配置"),
    "organisation.manage": _l("管理机构"),
    "account.manage": _l("管理账号"),
    "events.operate": _l("维护事件运行"),
    "audit.read": _l("查看审计记录"),
    "subscription.manage": _l("管理订阅系统"),
}

KINDS: Mapping[str, object] = {
    "person": _l("个人用户"),
    "unit": _l("单位账号"),
    "sub_account": _l("个人申报账号"),
    "office": _l("部门账号"),
    "admin": _l("系统管理员"),
}

LEVELS: Mapping[str, object] = {
    "province": _l("省级部门"),
    "city_hr_bureau": _l("市人社局"),
    "first_level_department": _l("一级归口部门"),
    "department": _l("归口部门"),
}

SERVICES: Mapping[str, object] = {
    "identity": _l("登录服务"),
    "units": _l("单位服务"),
    "applications": _l("申报服务"),
    "review": _l("审核服务"),
    "documents": _l("文件服务"),
    "subscriptions": _l("订阅服务"),
}
