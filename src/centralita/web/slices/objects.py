"""The objects of a tenant's configuration, one uniform slice for every kind: list, read, make, replace, change, remove.

Each change makes a version, or goes into the draft where the tenant's changes wait in one. What is read by default is what a change
would be made to. An ETag is that of one object; a change with ``If-Match`` is made only to what has it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Body, Path, Query, Request
from pydantic import RootModel, create_model
from starlette.responses import JSONResponse, Response

from centralita.pbx.configuration.editing import Edit, How
from centralita.pbx.configuration.kinds import KINDS, AnyObject, Key, to_fields
from centralita.pbx.configuration.problems import ConfigurationRefused
from centralita.pbx.model.device import Device
from centralita.web import etags
from centralita.web.access import Action
from centralita.web.desk import AtDesk, Desk
from centralita.web.idempotent import IdempotencyKey, once
from centralita.web.paging import Page, WantedPage, page_of
from centralita.web.problems import FieldError, Problem
from centralita.web.schemas import document_of, new_document_of, patch_of, shown
from centralita.web.slices import listing
from centralita.web.slices.changing import (
    Outcome,
    VersionAsked,
    Wanted,
    Why,
    noted,
    objects_of,
    settle,
    unknowns,
)

PLURALS = {kind: kind if kind == "contacts" else f"{kind}s" for kind in KINDS if kind != "tenant"}
"""Kind → its name in URLs."""
ObjectId = Annotated[str, Path(alias="id", max_length=63, description="The object's id.")]
Sent = Annotated[RootModel[dict[str, Any]], Body()]
"""A body as plain values; :func:`_taking` says what the schema of each route's is."""
WithDevices = Annotated[
    bool,
    Query(
        description="Of a user: their devices go, too. Everything else that refers to it still stands in the way."
    ),
]
_Route = TypeVar("_Route", bound=Callable[..., Response])
_NOT_OF_IDS = re.compile(r"[^a-z0-9]+")


def routers() -> list[APIRouter]:
    """One for each kind; the tenant itself is there as its settings, which nobody makes or removes here."""
    return [_router(kind) for kind in PLURALS] + [_settings_router()]


def _router(kind: str) -> APIRouter:
    model, plural = KINDS[kind], PLURALS[kind]
    one, many = kind.replace("-", "_"), plural.replace("-", "_")
    router = APIRouter(prefix=f"/tenants/{{tenant}}/{plural}", tags=[plural])
    document, new, patch = document_of(model), new_document_of(model), patch_of(model)
    changed = create_model(f"{model.__name__}Changed", __base__=Outcome, object=(document, ...))

    @router.get(
        "",
        operation_id=f"list_{many}",
        summary=f"List {many}",
        response_model=Page.__class_getitem__(document),
    )
    def list_objects(
        desk: AtDesk,
        paging: WantedPage,
        q: listing.Search = "",
        filters: listing.Filters = [],  # noqa: B006  (FastAPI copies it)
        sort: listing.Sort = "id",
        version: VersionAsked = "working",
    ) -> Response:
        """Part of them, with text anywhere in them, or values of fields."""
        found = [shown(item) for item in objects_of(desk, version).values() if item.kind == kind]
        key, down = listing.order(kind, sort)
        page = page_of(listing.chosen(found, q, filters), key, paging, descending=down)
        return JSONResponse(page.model_dump())

    @router.get("/{id}", operation_id=f"get_{one}", summary=f"Read a {kind}", response_model=document)
    def get_object(
        desk: AtDesk,
        ident: ObjectId,
        if_none_match: etags.IfNoneMatch = None,
        version: VersionAsked = "working",
    ) -> Response:
        """One of them. Passwords and PINs are never told."""
        return _read(desk, (kind, ident), if_none_match, version)

    @router.post(
        "", operation_id=f"create_{one}", summary=f"Create a {kind}", status_code=201, response_model=changed
    )
    @_taking(new)
    def create_object(
        desk: AtDesk,
        request: Request,
        body: Sent,
        why: Wanted,
        idempotency_key: IdempotencyKey = None,
    ) -> Response:
        """Make one. Without an id it gets one of its name. Passwords made now are in ``credentials``, and never again anywhere."""
        fields = body.root

        def do() -> Response:
            ident = str(fields.get("id") or "") or new_id(objects_of(desk), kind, fields)
            response = _put(desk, (kind, ident), fields, why, absent=True)
            response.headers["Location"] = f"{request.url.path.rstrip('/')}/{ident}"
            return response

        parts = desk.reach(Action.CONFIG_WRITE)
        asked = {"path": request.url.path, "body": fields, "why": why.model_dump()}
        return once(desk, parts, idempotency_key, asked, do)

    @router.put(
        "/{id}",
        operation_id=f"put_{one}",
        summary=f"Replace a {kind}",
        response_model=changed,
        responses={201: {"model": changed}},
    )
    @_taking(document)
    def put_object(
        desk: AtDesk,
        ident: ObjectId,
        body: Sent,
        why: Wanted,
        if_match: etags.IfMatch = None,
    ) -> Response:
        """Make it what is sent, all of it; 201 where there was none. Secrets that are not mentioned stay."""
        return _put(desk, (kind, ident), body.root, why, if_match)

    @router.patch("/{id}", operation_id=f"change_{one}", summary=f"Change a {kind}", response_model=changed)
    @_taking(patch)
    def change_object(
        desk: AtDesk,
        ident: ObjectId,
        body: Sent,
        why: Wanted,
        if_match: etags.IfMatch = None,
    ) -> Response:
        """Change what is sent (RFC 7396): what is not mentioned stays, null puts back to what it is without saying so."""
        return _patch(desk, (kind, ident), body.root, why, if_match)

    def delete_object(
        desk: AtDesk,
        ident: ObjectId,
        why: Wanted,
        with_devices: WithDevices = False,
        if_match: etags.IfMatch = None,
    ) -> Outcome:
        """Remove it; 409 with everything that refers to it, where anything does."""
        return _remove(desk, (kind, ident), why, if_match, with_devices=with_devices and kind == "user")

    router.add_api_route(
        "/{id}",
        delete_object,
        methods=["DELETE"],
        operation_id=f"delete_{one}",
        summary=f"Delete a {kind}",
        response_model=Outcome,
    )
    return router


def _settings_router() -> APIRouter:
    model = KINDS["tenant"]
    document, patch = document_of(model), patch_of(model)
    changed = create_model("TenantChanged", __base__=Outcome, object=(document, ...))
    router = APIRouter(prefix="/tenants/{tenant}/settings", tags=["settings"])

    @router.get("", operation_id="get_settings", response_model=document)
    def get_settings(
        desk: AtDesk, if_none_match: etags.IfNoneMatch = None, version: VersionAsked = "working"
    ) -> Response:
        """The company itself: its name, and whether changes are in force at once."""
        return _read(desk, ("tenant", desk.tenant), if_none_match, version)

    @router.patch("", operation_id="change_settings", response_model=changed)
    @_taking(patch)
    def change_settings(desk: AtDesk, body: Sent, why: Wanted, if_match: etags.IfMatch = None) -> Response:
        """Change what is sent."""
        return _patch(desk, ("tenant", desk.tenant), body.root, why, if_match)

    return router


def _taking(schema: type) -> Callable[[_Route], _Route]:
    """Says what a route's ``body`` is, as FastAPI reads it."""

    def named(route: _Route) -> _Route:
        route.__annotations__["body"] = Annotated[schema, Body()]
        return route

    return named


# --- what they do -----------------------------------------------------------------------------------------------------


def tag_of(desk: Desk, item: AnyObject) -> str:
    return etags.etag_of(to_fields(item), desk.reach(Action.CONFIG_READ).tag_key)


def _read(desk: Desk, key: Key, if_none_match: str | None, version: str) -> Response:
    item = objects_of(desk, version).get(key)
    if item is None:
        raise listing.no_such(*key)
    headers = {"ETag": tag_of(desk, item)}
    if etags.known(if_none_match, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return JSONResponse(shown(item), headers=headers)


def _put(
    desk: Desk,
    key: Key,
    fields: Mapping[str, object],
    why: Why,
    if_match: str | None = None,
    *,
    absent: bool = False,
) -> Response:
    _same(key, fields)
    made = False

    def check(before: Mapping[Key, AnyObject]) -> None:
        nonlocal made
        item = before.get(key)
        made = item is None
        if absent and item is not None:
            raise Problem.conflict(
                "exists", f"There is a {key[0]} {key[1]} already", field="id", mend="Take another id"
            )
        etags.check(if_match, None if item is None else tag_of(desk, item))

    return _edited(desk, key, How.PUT, fields, why, check, lambda: 201 if made else 200)


def _patch(desk: Desk, key: Key, fields: Mapping[str, object], why: Why, if_match: str | None) -> Response:
    _same(key, fields)

    def check(before: Mapping[Key, AnyObject]) -> None:
        item = before.get(key)
        if item is None:
            raise listing.no_such(*key)
        etags.check(if_match, tag_of(desk, item))

    return _edited(desk, key, How.PATCH, fields, why, check, lambda: 200)


def _edited(
    desk: Desk,
    key: Key,
    how: How,
    fields: Mapping[str, object],
    why: Why,
    check: Callable[[Mapping[Key, AnyObject]], None],
    status: Callable[[], int],
) -> Response:
    configs = desk.reach(Action.CONFIG_WRITE).configs
    edit = Edit(how, key[0], key[1], fields)
    with unknowns(), desk.together():
        report = configs.edit(
            desk.tenant,
            [edit],
            author=desk.author,
            comment=why.comment,
            as_draft=why.draft,
            skip_tests=why.skip_tests,
            check=check,
        )
        code = status()
        noted(desk, report, "config.create" if code == 201 else "config.change", "/".join(key))
    outcome = settle(desk, report)
    item = objects_of(desk, "draft" if report.drafted else "working").get(key)
    if item is None:  # removed by somebody else since
        raise listing.no_such(*key)
    body = {"object": shown(item), **outcome.model_dump(mode="json")}
    return JSONResponse(body, code, {"ETag": tag_of(desk, item)})


def _remove(desk: Desk, key: Key, why: Why, if_match: str | None, *, with_devices: bool) -> Outcome:
    configs = desk.reach(Action.CONFIG_WRITE).configs
    edits = [Edit(How.REMOVE, *key, {})]

    def check(before: Mapping[Key, AnyObject]) -> None:
        item = before.get(key)
        if item is None:
            raise listing.no_such(*key)
        etags.check(if_match, tag_of(desk, item))

    if with_devices:
        edits += [
            Edit(How.REMOVE, "device", item.id, {})
            for item in objects_of(desk, "working").values()
            if isinstance(item, Device) and item.user == key[1]
        ]
    try:
        with unknowns(), desk.together():
            report = configs.edit(
                desk.tenant,
                edits,
                author=desk.author,
                comment=why.comment,
                as_draft=why.draft,
                skip_tests=why.skip_tests,
                check=check,
            )
            noted(desk, report, "config.remove", "/".join(key))
    except ConfigurationRefused as error:
        raise Problem(
            409,
            "in-use",
            f"Something depends on {key[0]} {key[1]}",
            mend="Change or remove first what is named here",
            errors=[
                FieldError(field=one.field, detail=one.message, kind=one.kind, id=one.id)
                for one in error.problems
            ],
        ) from None
    return settle(desk, report)


def _same(key: Key, fields: Mapping[str, object]) -> None:
    """Raises Problem, 422, where the body says that it is another object, or its id could not even be told back (lone surrogates)."""
    if not key[1].isprintable():
        raise Problem.invalid("id", "must be 1 to 63 of a-z, 0-9, '_', '.' and '-'")
    for name, value in zip(("kind", "id"), key, strict=True):
        if str(fields.get(name) or value) != value:
            raise Problem.invalid(name, f"This is {key[0]} {key[1]}", f"Leave {name} out, or write {value}")


def new_id(before: Mapping[Key, AnyObject], kind: str, fields: Mapping[str, object]) -> str:
    """An id of the object's name, that nobody has."""
    text = next(
        (str(fields[name]) for name in ("name", "number", "extension", "user") if fields.get(name)), kind
    )
    stem = _NOT_OF_IDS.sub("-", listing.fold(text)).strip("-")[:50].strip("-") or kind
    ident, count = stem, 1
    while (kind, ident) in before:
        count += 1
        ident = f"{stem}-{count}"
    return ident
