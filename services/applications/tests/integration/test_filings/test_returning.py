"""To whom a return goes where one fills in and another reports (X13)."""

from typing import Any


def test_what_is_returned_to_the_applicant_is_reported_again_only_after_the_applicant_saved_it(
    filing: Any, day: Any
) -> None:
    filing.recognise()
    sent = filing.reported()
    filing.house.returned(sent, filing.house.bureau, "hr_pre_review")
    early = filing.report(sent["id"], filing.u1, **filing.confirmed)
    assert (early.status_code, early.json["code"]) == (409, "applicant_corrects_first")
    day.be("2024-02-21")
    filing.save(sent["id"], mobile="13900000000")
    filing.upload(sent["id"], "filing_form_signed")
    filing.save_materials(sent["id"])
    again = filing.report(sent["id"], filing.u1, **filing.confirmed)
    assert (again.status_code, again.json["status"]) == (200, "in_review")


def test_what_is_returned_to_the_unit_is_reported_again_by_it_as_it_stands(filing_of_units: Any, day: Any) -> None:
    filing = filing_of_units
    filing.recognise()
    sent = filing.reported()
    filing.house.returned(sent, filing.house.bureau, "hr_pre_review")
    again = filing.report(sent["id"], filing.u1, **filing.confirmed)
    assert (again.status_code, again.json["status"]) == (200, "in_review")
