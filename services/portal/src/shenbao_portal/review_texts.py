"""The words for refusals of what follows a decision: reconsideration, numbers, sittings, packages."""

from shenbao_portal.texts import _l

REVIEW_TEXTS = {
    "evaluation_slip_invalid": _l("查阅凭据无效，请返回评审会议重新打开"),
    "evaluation_slip_expired": _l("查阅凭据已过期，请返回评审会议重新打开"),
    "score_required": _l("请填写考试成绩"),
    "below_pass_mark": _l("成绩低于合格分数 %(pass_mark)d 分，不能通过"),
    "no_exam": _l("此环节没有考试"),
    "minutes_invalid": _l("纪要凭据无效，请刷新页面后重试"),
    "minutes_expired": _l("纪要凭据已过期，请刷新页面后重试"),
    "not_signed": _l("会议纪要还没有签署"),
    "heads_missing": _l("首行没有“编号”和“评审结果”两列"),
    "wrong_number_of_rows": _l("文件中没有数据，或超过 %(most)s 行"),
    "not_in_committee_step": _l("该材料不在本评审委员会等待评审"),
    "no_reconsideration": _l("此申报事项不设复核"),
    "reconsideration_asked": _l("每份材料只能申请一次复核"),
    "not_rejected": _l("只有未通过的材料可以申请复核"),
    "reconsideration_over": _l("已过复核申请期限（%(last_day)s）"),
    "publicity_running": _l("公示尚未结束，不能编号"),
    "already_numbered": _l("该公示已生成证书编号"),
    "objection_open": _l("还有异议没有处理"),
    "not_determined": _l("还有材料没有最终评定"),
    "nobody_passed": _l("没有通过的材料"),
    "already_issued": _l("已登记发文"),
    "already_revoked": _l("该编号已撤销"),
    "number_revoked": _l("该材料的证书编号已撤销，不能制发证书"),
    "already_received": _l("该批材料已接收"),
    "different_offices": _l("所选材料的上级部门不同，不能汇总上报"),
    "nobody_above": _l("该材料没有上级审核部门"),
}
