"""What filings that keep a recognition valid are refused with."""

from collections.abc import Mapping

from shenbao_portal.texts import _l

FILING_TEXTS: Mapping[str, object] = {
    "no_recognition_on_record": _l("没有查到您的人才认定记录，请先申请人才认定"),
    "not_yet_due": _l("尚未到备案时间，最早可于 %(earliest_on)s 备案"),
    "recognition_over": _l("人才认定已于 %(valid_until)s 到期，请重新进行人才认定申请"),
    "category_changed": _l("认定类别有变更，请重新进行人才认定申请"),
    "identity_mismatch": _l("与人才认定时的信息不一致"),
    "profile_needed": _l("请先在个人中心完善姓名和证件号码"),
    "unit_needed": _l("请搜索并选择单位，不能直接填写名称"),
    "upload_again": _l("申请信息已修改，请重新打印、签名、盖章后上传"),
    "confirmation_missing": _l("请确认后再上报"),
    "nothing_printed": _l("没有可以打印的材料"),
    "not_printable_now": _l("当前状态不能打印此表"),
    "retrieval_failed": _l("自动获取失败请自行上传"),
    "retrieval_not_set_up": _l("自动获取尚未开通，请自行上传"),
    "not_own_code": _l("只能登记本账号的统一社会信用代码"),
    "wrong_office": _l("只有市人社局可以进行此项操作"),
}
