"""The simulated registry of organisations: recorded data over HTTP, as the units service's adapter expects it.

GET /organisations/<organisation code or credit code> -> {code, name, legal_representative, province_level} or 404.
"""

from dataclasses import dataclass

from flask import Flask, jsonify
from flask.typing import ResponseReturnValue

from shenbao_stack.codes import credit_code, organisation_code


@dataclass(frozen=True)
class Organisation:
    """A body as the registry knows it. Bodies registered at provincial level are known elsewhere (S4g-03)."""

    code: str
    name: str
    legal_representative: str
    province_level: bool = False
    institution: bool = False

    @property
    def credit_code(self) -> str:
        return credit_code(self.code, "12330000" if self.institution else "91330000")


_RECORDED = (
    Organisation(organisation_code(1), "示例科技有限公司", "王建国"),
    Organisation(organisation_code(2), "示例研究院", "王芳", institution=True),
    Organisation(organisation_code(3), "钱塘软件股份有限公司", "陈立"),
    Organisation(organisation_code(4), "西溪生物医药有限公司", "赵敏"),
    Organisation(organisation_code(5), "临平精密机械厂", "沈志强"),
    Organisation(organisation_code(6), "滨江集成电路设计有限公司", "林晓"),
    Organisation(organisation_code(7), "余杭第一中学", "何文", institution=True),
    Organisation(organisation_code(8), "拱墅区社区卫生服务中心", "金秀英", institution=True),
    Organisation(organisation_code(9), "萧山建筑设计院有限公司", "俞国平"),
    Organisation(organisation_code(10), "富阳造纸有限公司", "孙海"),
    Organisation(organisation_code(11), "桐庐茶叶研究所", "方莉", institution=True),
    Organisation(organisation_code(12), "浙江示例水利勘测院", "周正", province_level=True, institution=True),
)

BY_CODE = {code: body for body in _RECORDED for code in (body.code, body.credit_code)}


def app() -> Flask:
    """Mounted at /demo/registry."""
    registry = Flask("shenbao_demo_registry", static_folder=None)

    @registry.get("/organisations/<code>")
    def organisation(code: str) -> ResponseReturnValue:
        body = BY_CODE.get(code.upper())
        if body is None:
            return jsonify(error="unknown"), 404
        return jsonify(
            code=code.upper(),
            name=body.name,
            legal_representative=body.legal_representative,
            province_level=body.province_level,
        )

    return registry
