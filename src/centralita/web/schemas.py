"""Schemas of the configuration's kinds for the OpenAPI document, made from the models of :mod:`centralita.pbx.model`.

A body is taken as plain values and read by :mod:`centralita.pbx.configuration.entries`, which tells of every error by object, field and
mend; so the models give their schema here and do not read. What an answer holds is :func:`shown`: never a secret.
"""

from __future__ import annotations

from typing import Any

from pydantic import GetJsonSchemaHandler, RootModel
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from centralita.pbx.configuration.kinds import SECRET_FIELDS, AnyObject, to_fields

Fields = dict[str, Any]


class _SchemaOf:
    """Gives a mapping the schema of a model. ``partial``: nothing is required, and null puts a field back."""

    def __init__(self, model: type[AnyObject], *, partial: bool = False, made: tuple[str, ...] = ()) -> None:
        self._model = model
        self._partial = partial
        self._made = made

    def __get_pydantic_json_schema__(
        self, _schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        schema = dict(handler.resolve_ref_schema(handler(self._model.__pydantic_core_schema__)))
        required = [name for name in schema.get("required", ()) if name not in self._made]
        schema.pop("required", None)
        if self._partial:
            schema["properties"] = {
                name: {key: value for key, value in each.items() if key == "const"}
                if name in ("kind", "id")
                else _or_null(each)
                for name, each in schema["properties"].items()
            }
        elif required:
            schema["required"] = required
        return schema


def _or_null(schema: JsonSchemaValue) -> JsonSchemaValue:
    inner = {name: value for name, value in schema.items() if name not in ("default", "title")}
    if {"type": "null"} in inner.get("anyOf", ()):
        return inner
    return {"anyOf": [inner, {"type": "null"}]}


def document_of(model: type[AnyObject]) -> Any:
    """The model's whole document, named as the model."""
    return _named(model.__name__, _SchemaOf(model), model)


def new_document_of(model: type[AnyObject]) -> Any:
    """The same, where the id may be left to us."""
    return _named(f"{model.__name__}New", _SchemaOf(model, made=("id",)), model)


def patch_of(model: type[AnyObject]) -> Any:
    return _named(f"{model.__name__}Patch", _SchemaOf(model, partial=True), model)


def _named(name: str, schema: _SchemaOf, model: type[AnyObject]) -> Any:
    from typing import Annotated

    body = {"__doc__": model.__doc__ or "", "__module__": __name__}
    return type(name, (RootModel[Annotated[dict[str, Any], schema]],), body)


def shown(item: AnyObject) -> Fields:
    """The whole object as plain values, without its secrets."""
    fields: Fields = to_fields(item)
    for path in SECRET_FIELDS.get(item.kind, ()):
        inner: Any = fields
        for name in path[:-1]:
            inner = inner[name]
        del inner[path[-1]]
    return fields
