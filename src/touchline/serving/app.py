"""The web application: endpoints, page and API documents on one FastAPI app, which the bento mounts."""

from pathlib import Path

import bentoml
from fastapi import FastAPI, Request
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.routing import Match, Route

from touchline import __version__
from touchline.monitoring.metrics import METHODS, RequestMetrics, exposition
from touchline.serving import problems, routes
from touchline.serving.middleware import BodyLimit, HeadAsGet
from touchline.serving.page import views
from touchline.serving.replies import Problem

SWAGGER = Path(bentoml.__file__).parent / "_internal" / "server" / "static_content"
"""BentoML carries Swagger's files, so the documents need no network."""


def create_app() -> FastAPI:
    """The app; ``app.state.forecaster`` must be set before the first request."""
    app = FastAPI(
        title="touchline",
        version=__version__,
        summary="Calibrated football forecasts",
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
    )
    app.include_router(routes.router)
    app.include_router(views.router)
    app.mount("/assets", StaticFiles(directory=views.ASSETS), name="assets")
    app.mount("/docs/assets", StaticFiles(directory=SWAGGER), name="swagger")

    app.add_middleware(BodyLimit)
    app.add_middleware(RequestMetrics)
    app.add_middleware(HeadAsGet)

    @app.get("/metrics", include_in_schema=False)
    def metrics() -> Response:
        content, media_type = exposition()
        return Response(content, media_type=media_type)

    @app.get("/docs", include_in_schema=False)
    def docs() -> HTMLResponse:
        return get_swagger_ui_html(
            openapi_url="/openapi.json",
            title="touchline API",
            swagger_js_url="/docs/assets/swagger-ui-bundle.js",
            swagger_css_url="/docs/assets/swagger-ui.css",
            swagger_favicon_url="/assets/icon.svg",
        )

    @app.api_route("/{path:path}", methods=[*METHODS], include_in_schema=False)
    def otherwise(path: str, request: Request) -> HTMLResponse:
        """The bento mounts this app for the paths that it knows, so unknown ones are made known, as errors."""
        allowed = _methods(app, request)
        if allowed:
            raise HTTPException(405, f"/{path} does not take {request.method}", {"Allow": ", ".join(sorted(allowed))})
        raise HTTPException(404, f"There is nothing at /{path}")

    problems.install(app, views.error_page)
    _describe_problems(app)
    return app


def _methods(app: FastAPI, request: Request) -> set[str]:
    """The methods that some route takes for the path of a request that none took as it was."""
    return {
        method
        for route in (*routes.router.routes, *views.router.routes, *app.routes)
        if isinstance(route, Route) and route.matches(request.scope)[0] is Match.PARTIAL
        for method in route.methods or ()
    }


def _describe_problems(app: FastAPI) -> None:
    """Put the schema of problems, which no endpoint returns in the ordinary way, into the OpenAPI document."""
    made = app.openapi

    def openapi() -> dict[str, object]:
        document = made()
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        schemas.setdefault("Problem", Problem.model_json_schema())
        return document

    app.openapi = openapi  # type: ignore[method-assign]
