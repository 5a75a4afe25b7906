"""The largest pack, 18 sections with something everywhere and 20 files: what a person writes of it against a bare view
with as many writes in one commit, and the check before submission.
"""

import json
import statistics
import time
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
import structlog

from bench.declaring import Declaring, declaring, known
from bench.filled_form import everything
from bench.served import Ask, as_bare, keys, rate, served, writes_of
from bench.suite import PREFER
from shenbao_applications.actions import checking
from shenbao_applications.actions.desk import Desk
from shenbao_applications.models import Application
from shenbao_applications.queries import applications, packs
from shenbao_common.contracts.review import CommitteeFormedV1
from shenbao_common.contracts.units import BindingActivatedV1
from shenbao_common.kernel.actor import Actor
from shenbao_common.kernel.clock import now
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import person_actor
from shenbao_common.testing.service import token
from shenbao_stack.demo.invented import citizen_number

PROGRAMME, MATERIALS, FILES = "title_review", "declaration_materials", 4
LIMIT, CHECK_LIMIT = 0.4, 0.005
PEOPLE, ROUNDS, CHECKS = 40, 5, 60

Row = tuple[str, str, str, bool]


def measure() -> list[Row]:
    """Ratios of rounds that are taken in turns, each of other people; their medians count."""
    with keys() as address, structlog.testing.capture_logs(), declaring(address) as here:
        plans = _Plans(here)
        with (
            served("shenbao_applications.app:create_app()", here.env) as ours,
            served("bench.served:bare()", here.env) as bare,
        ):
            rows = list(_writing(plans, ours, bare))
        return [*rows, _checking(plans)]


class _Plans:
    """Two plans: in the first, people have full applications already; in the second they begin."""

    def __init__(self, here: Declaring) -> None:
        self.here = here
        self._version, self._unit_id = here.publish(PROGRAMME), known(here.unit().unit_id)
        committee = CommitteeFormedV1(
            committee_id=uuid7(),
            organisation_id=known(here.bureau.organisation_id),
            name="评审委员会",
            programmes=(PROGRAMME,),
            groups=(),
            active=True,
            revision=1,
        )
        here.service.hear(committee)
        self._first, self._second = (
            here.project(here.bureau, "plan_evaluation", programme=PROGRAMME) for _ in range(2)
        )
        self._people = 0

    def declarant(self) -> tuple[Actor, UUID, str]:
        """Somebody new of the unit, the full application of this person, and what identity signs of the person."""
        actor = person_actor()
        self._people += 1
        said = {"name": "张三", "id_type": "id_card", "id_number": citizen_number(date(1980, 1, 1), self._people)}
        profile = self.here.service.slip(
            "identity", "shenbao-profile+jwt", said | {"account_id": str(actor.account_id)}
        )
        bound = BindingActivatedV1(
            binding_id=uuid7(), account_id=actor.account_id, unit_id=self._unit_id, activated_at=now()
        )
        self.here.service.hear(bound)
        made = UUID(self.here.done(actor, "/v1/applications", {"project_id": self._first, "profile": profile})["id"])
        with self.here.service.sessions() as session:
            # What is cited and uploaded comes here as it is kept: those requests are not what is measured.
            row = session.get_one(Application, made)
            full = everything(packs.of(session, row).sections, self._people, FILES)
            row.sections = full | {"basic": full["basic"] | row.sections["basic"]}
            session.commit()
        return actor, made, profile

    def asks(self) -> dict[str, Ask]:
        """The writes of one more person, in their order."""
        actor, application, profile = self.declarant()
        with self.here.service.sessions() as session:
            row = session.get_one(Application, application)
            cited = {s["key"] for s in packs.of(session, row).sections if s.get("archive")}
            typed = {key: values for key, values in row.sections.items() if key not in cited}
        name, *_ = files = typed[MATERIALS]
        receipt = self.here.receipt(actor, f"material:{PROGRAMME}:{self._version}:{name}")
        changed = {MATERIALS: files | {name: [*files[name][1:], {"receipt": receipt}]}}
        bearer = f"Bearer {token(actor, seconds=3600)}"
        headers = {"Authorization": bearer, "Content-Type": "application/json", **PREFER}
        path = f"/v1/applications/{application}"

        def ask(method: str, where: str, body: Mapping[str, Any], version: int = 0) -> Ask:
            expected = {"If-Match": f'"{version}"'} if version else {}
            return Ask(method, where, headers | expected, json.dumps(body).encode())

        begun = {"project_id": self._second, "profile": profile, "sections": {"basic": typed["basic"]}}
        return {
            "beginning one": ask("POST", "/v1/applications", begun),
            "a save of all that is typed": ask("PUT", f"{path}/sections", {"sections": typed}, version=2),
            "a save of 20 files, one new": ask("PATCH", f"{path}/sections", {"sections": changed}, version=3),
            "a submission": ask("POST", f"{path}/report", {}),
        }


def _writing(plans: _Plans, ours: int, bare: int) -> Iterator[Row]:
    with plans.here.service.service.engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE bench_entry (id uuid PRIMARY KEY, a text)"))
    writes = {name: writes_of(plans.here.service, ask) for name, ask in plans.asks().items()}
    rounds: dict[str, list[tuple[float, float]]] = {name: [] for name in writes}
    for number in range(ROUNDS + 1):
        asks = [plans.asks() for _ in range(PEOPLE)]
        for name, count in writes.items():
            those = [of_person[name] for of_person in asks]
            rates = rate(ours, those), rate(bare, as_bare(those, count))
            if number:  # The first round warms both up.
                rounds[name].append(rates)
    for name, count in writes.items():
        ratio = statistics.median(mine / theirs for mine, theirs in rounds[name])
        per_second = "/".join(f"{statistics.median(side):.0f}" for side in zip(*rounds[name], strict=True))
        what = f"largest pack: {name} against a bare view ({count.inserts} inserts, {count.updates} updates)"
        yield what, f"{ratio:.2f} ({per_second} per s)", f">= {LIMIT:.2f}", ratio >= LIMIT


def _checking(plans: _Plans) -> Row:
    """The action, with what it reads of the database; the row itself is there already."""
    actor, application, _ = plans.declarant()
    desk, taken = Desk(actor, now(), lambda text: {}), []
    for _ in range(CHECKS):
        with plans.here.service.sessions() as session:
            row = applications.application_of(session, application, actor)
            began = time.perf_counter()
            found = checking.check(session, row, desk=desk)
            taken.append(time.perf_counter() - began)
    if not found.complete:
        raise AssertionError(found)
    median = statistics.median(taken)
    what = "largest pack: check of a full application, median"
    return what, f"{median * 1000:.1f} ms", f"<= {CHECK_LIMIT * 1000:.0f} ms", median <= CHECK_LIMIT
