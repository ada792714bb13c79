"""Errors as RFC 9457 problem+json on the endpoints and as a page elsewhere; never a trace."""

import logging
from collections.abc import Callable
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from touchline.domain.errors import TouchlineError
from touchline.serving.replies import Problem

MEDIA_TYPE = "application/problem+json"
PREFIX = "urn:touchline:problem:"
log = logging.getLogger(__name__)

ErrorPage = Callable[[Request, Problem], Response]


def install(app: FastAPI, error_page: ErrorPage) -> None:
    """Answer every error of an app: with problem+json below ``/v1``, with ``error_page`` elsewhere."""

    def answer(request: Request, problem: Problem) -> Response:
        if request.url.path.startswith("/v1/"):
            body = problem.model_dump(exclude_none=True)
            return JSONResponse(body, status_code=problem.status, media_type=MEDIA_TYPE)
        return error_page(request, problem)

    @app.exception_handler(TouchlineError)
    def ours(request: Request, error: TouchlineError) -> Response:
        return answer(request, of_error(error))

    @app.exception_handler(RequestValidationError)
    def invalid(request: Request, error: RequestValidationError) -> Response:
        return answer(request, of_validation(error))

    @app.exception_handler(HTTPException)
    def http(request: Request, error: HTTPException) -> Response:
        title = HTTPStatus(error.status_code).phrase.capitalize()
        kind = title.lower().replace(" ", "-")
        response = answer(request, _problem(kind, title, error.status_code, str(error.detail)))
        response.headers.update(error.headers or {})
        return response

    @app.exception_handler(Exception)
    def defect(request: Request, error: Exception) -> Response:
        log.error("a request to %s failed", request.url.path, exc_info=error)
        detail = "Something went wrong here; it has been logged."
        return answer(request, _problem("internal", "Internal error", 500, detail))


def of_error(error: TouchlineError) -> Problem:
    """The problem that one of our errors is."""
    problem = _problem(error.kind, error.kind.replace("-", " ").capitalize(), error.status, str(error))
    return problem.model_copy(update={"field": error.field, "candidates": list(error.candidates) or None})


def of_validation(error: RequestValidationError) -> Problem:
    """The problem that a request of the wrong form is; the first fault is named."""
    first = error.errors()[0]
    if first["type"] == "json_invalid":
        return _problem("bad-input", "Bad input", 422, f"the body is not JSON: {first['ctx']['error']}")
    if first["type"] == "model_attributes_type":
        return _problem("bad-input", "Bad input", 422, "send a JSON object with content-type: application/json")
    field = ".".join(str(part) for part in first["loc"] if part not in {"body", "query", "path"}) or None
    reason = str(first["msg"]).removeprefix("Value error, ")
    detail = f"{field}: {reason}" if field else reason
    return _problem("bad-input", "Bad input", 422, detail).model_copy(update={"field": field})


def _problem(kind: str, title: str, status: int, detail: str) -> Problem:
    return Problem(type=PREFIX + kind, title=title, status=status, detail=detail)
