"""What the keepers of codes and directories are refused with."""

from collections.abc import Mapping

from shenbao_portal.texts import _l

DICTIONARY_TEXTS: Mapping[str, object] = {
    "central_office_only": _l("代码字典由市人社局统一维护，其他部门和单位只能查看"),
    "effective_too_early": _l("生效日期不得早于 %(least)s"),
    "nothing_prepared": _l("还没有准备任何代码，不能发布"),
    "no_codes_in_force": _l("代码字典尚未生效，暂时不能填写此事项"),
    "quota_exceeded": _l("该级别的岗位已聘满（%(appointed)s / %(quota)s），不能再聘任"),
    "still_appointed": _l("此人仍在聘，请先结束聘任"),
    "not_appointed": _l("此人目前没有聘任"),
    "directory_code_taken": _l("单位库中已有此代码"),
}
