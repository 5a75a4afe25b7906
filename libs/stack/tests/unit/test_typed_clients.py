"""From OpenAPI to Python: names, parameters, bodies and answers."""

from typing import Any, NotRequired, get_type_hints

import pytest

from shenbao_stack import typed_clients
from shenbao_stack.shapes_of_types import annotation

ID = {"in": "path", "name": "house-id", "schema": {"type": "string"}}
HOUSE = {"200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/HouseOut"}}}}}


@pytest.mark.parametrize(
    ("schema", "hint"),
    [
        ({"type": ["string", "null"], "format": "uuid"}, "str | None"),
        ({"type": "array", "items": {"$ref": "#/components/schemas/House-Out"}}, "list[House_Out]"),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, "dict[str, int]"),
        ({"type": "object"}, "dict[str, Any]"),
        ({"type": ["string", "null"], "enum": ["open", None]}, "Literal['open', None]"),
        ({"anyOf": [{"type": "null"}, {"type": "number"}]}, "float | None"),
        ({}, "Any"),
    ],
)
def test_a_schema_is_an_annotation(schema: dict[str, Any], hint: str) -> None:
    assert annotation(schema) == hint


def test_calls_are_named_by_what_they_are_sent_to_and_no_two_alike() -> None:
    paths = {
        "/v1/houses": {"get": {"responses": {}}, "post": {"responses": {}}},
        "/v1/houses/{house-id}": {"get": {"responses": {}}},
        "/v1/houses/doors": {"get": {"responses": {}}},
        "/v1/houses/{house-id}/doors": {"get": {"responses": {}}},
        "/.well-known/jwks.json": {"get": {"responses": {}}},
    }
    assert list(typed_clients.operations({"paths": paths})) == [
        "get_houses",
        "post_houses",
        "get_houses_by_house_id",
        "get_houses_doors",
        "get_houses_by_house_id_doors",
        "get_well_known_jwks_json",
    ]


def test_a_method_has_the_types_of_what_it_sends_and_gets() -> None:
    document = {
        "paths": {
            "/v1/houses/{house-id}": {
                "parameters": [ID],
                "put": {
                    "summary": "Changes a house.",
                    "parameters": [{"in": "query", "name": "from", "schema": {"type": "integer"}}],
                    "requestBody": {
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/HouseIn"}}}
                    },
                    "responses": HOUSE,
                },
            }
        },
        "components": {
            "schemas": {
                "HouseIn": {
                    "required": ["name"],
                    "properties": {"name": {"type": "string"}, "doors": {"type": "integer"}},
                },
                "HouseOut": {"properties": {"id": {"type": "string"}}},
            }
        },
    }
    source = typed_clients.module("houses", document)
    made: dict[str, Any] = {"__name__": "houses"}
    exec(compile(source, "houses.py", "exec"), made)  # noqa: S102  (our own text)
    method = made["HousesApi"].put_houses_by_house_id
    assert method.__annotations__ == {
        "house_id": str,
        "body": made["HouseIn"],
        "from_": int | None,
        "headers": made["Mapping"][str, str] | None,
        "return": made["HouseOut"],
    }
    assert method.__doc__ == "Changes a house."
    fields = get_type_hints(made["HouseIn"], globalns=made, include_extras=True)
    assert fields == {"name": str, "doors": NotRequired[int]}
