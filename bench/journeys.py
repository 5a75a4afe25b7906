"""Create, one save, submit of the small programme with the whole suite up, by several people at once."""

import statistics
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from functools import partial
from itertools import product
from typing import Any

import httpx

from bench.suite import PAPER, Declarer, declarer
from shenbao_stack.demo.invented import Person
from shenbao_stack.job import OPERATOR
from shenbao_stack.services import SERVICES
from shenbao_stack.waiting import until

PEOPLE, JOURNEYS, WARMING = 8, 360, 40
RATE, P95, HEARD = 40.0, 0.300, 10.0
REQUESTS = ("create", "save", "submit")
_FIRST, _SERIALS = date(1996, 1, 1), 400
"""Birthdays from here on; so many persons have the same."""

Row = tuple[str, str, str, bool]


def measure() -> list[Row]:
    """Journeys per second, and of each of its requests the p95."""
    with declarer() as here, ThreadPoolExecutor(PEOPLE) as pool:
        journey = partial(_journey, here)
        list(pool.map(journey, range(WARMING)))
        began = time.perf_counter()
        taken = list(pool.map(journey, range(WARMING, WARMING + JOURNEYS)))
        rate = JOURNEYS / (time.perf_counter() - began)
        heard = _heard(here, (version for *_, version in taken[-PEOPLE:]))
    what = f"applications: create, save, submit by {PEOPLE} people, all services up"
    rows = [(what, f"{rate:.1f} per s", f">= {RATE:.0f} per s", rate >= RATE)]
    what = "applications: all services have heard of all these, after the last one"
    rows.append((what, f"{heard:.1f} s", f"<= {HEARD:.0f} s", heard <= HEARD))
    for name, times in zip(REQUESTS, list(zip(*taken, strict=True))[:-1], strict=True):
        p95 = statistics.quantiles(times, n=20)[-1]
        limit = f"<= {P95 * 1000:.0f} ms"
        rows.append((f"applications: {name} meanwhile, p95", f"{p95 * 1000:.0f} ms", limit, p95 <= P95))
    return rows


def form_of(number: int, receipt: str) -> dict[str, Any]:
    """Everything of the small programme filled in, for another person each time."""
    born = _FIRST + timedelta(days=number // _SERIALS)
    person = Person("张三", True, born, "工程技术-助理工程师", "工学-电子信息", "浙江大学", "电子信息")
    paper = {PAPER: {"receipt": receipt}}
    return {"basic": person.basic(number % _SERIALS + 1), "experience": person.experience(), "evaluation_form": paper}


def _heard(here: Declarer, versions: Iterable[str]) -> float:
    """Seconds until every service has handled the last events: whose requests go first must not leave them behind."""
    began, told = time.perf_counter(), list(versions)
    for service, after in product(SERVICES, told):
        live = f"{here.stack.installation.addresses.service(service)}/health/live"
        ask = partial(httpx.get, live, headers={"Shenbao-After": after}, timeout=60)
        until(lambda: ask().status_code == 200, seconds=60 + HEARD, what=f"{service} has heard")  # noqa: B023
    return time.perf_counter() - began


def _journey(here: Declarer, number: int) -> tuple[float, float, float, str]:
    """Seconds of each request, and what the last one told."""
    form = form_of(number, here.receipt)
    begun = {"project_id": here.project["id"], "sections": {"basic": form.pop("basic")}}
    created, (made, told) = _timed(partial(here.ask, "POST", "/v1/applications", begun))
    path = f"/v1/applications/{made['id']}"
    save = partial(here.ask, "PATCH", f"{path}/sections", {"sections": form}, **{"If-Match": _version(made, told)})
    saved, _ = _timed(save)
    submitted, (_, told) = _timed(partial(here.ask, "POST", f"{path}/report", OPERATOR))
    return created, saved, submitted, told["Shenbao-Version"]


def _version(made: Mapping[str, Any], told: Mapping[str, str]) -> str:
    return told.get("ETag") or f'"{made["version"]}"'


def _timed(ask: Any) -> tuple[float, Any]:
    began = time.perf_counter()
    answer = ask()
    return time.perf_counter() - began, answer
