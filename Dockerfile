# The predictor: forecasts over HTTP, with the whole command line beside it.
#
#   docker build -t touchline-predictor \
#     --build-arg REVISION="$(git rev-parse HEAD)" \
#     --build-arg LOCK_SHA256="$(sha256sum uv.lock | cut -d ' ' -f 1)" .
#
# Cache mounts need BuildKit. A builder without it takes the file with them left out:
#
#   sed 's/--mount=[^ ]* //' Dockerfile | docker build -t touchline-predictor -f - .

ARG BASE=python:3.12-slim

FROM ${BASE} AS dependencies

# The repository's own pin of uv, so that an image is resolved as a checkout is.
COPY scripts/get_uv.py /opt/
RUN python /opt/get_uv.py /opt/uv

ENV UV_PROJECT_ENVIRONMENT=/app/.venv \
    UV_PYTHON=/usr/local/bin/python3.12 \
    UV_PYTHON_DOWNLOADS=never \
    UV_LINK_MODE=copy
WORKDIR /app

# The libraries' test suites go (50 MB). Bytecode comes (150 MB), or each start on a read-only root would compile anew:
# 6 s of imports where 2 s will do.
COPY pyproject.toml uv.lock ./
RUN --mount=type=cache,target=/root/.cache/uv set -eux; \
    /opt/uv/uv sync --frozen --no-dev --extra serve --extra track --extra postgres --no-install-project; \
    cd .venv/lib/python3.12/site-packages; \
    find matplotlib mpl_toolkits numpy pandas pyarrow scipy sklearn -type d -name tests -prune -exec rm -r {} +; \
    python -m compileall -q -j 0 --invalidation-mode unchecked-hash .


FROM dependencies AS package

# What .dockerignore lets through. The cache outlives a build, and uv sees a change of ours by pyproject.toml and the
# age of src alone: without a reinstall, an older wheel could come back. What the install adds is laid apart, to be a
# layer of its own: a release that keeps its dependencies is then a pull of kilobytes.
COPY . .
RUN --mount=type=cache,target=/root/.cache/uv set -eux; \
    touch /opt/before; \
    /opt/uv/uv sync --frozen --no-dev --extra serve --extra track --extra postgres --no-editable \
        --reinstall-package touchline; \
    python -m compileall -q --invalidation-mode unchecked-hash .venv/lib/python3.12/site-packages/touchline; \
    mkdir /added; \
    find .venv -type f -cnewer /opt/before -print0 | tar -c --null --files-from=- | tar -x -C /added


FROM ${BASE}

RUN groupadd --gid 10001 touchline \
    && useradd --uid 10001 --gid touchline --no-create-home --home-dir /var/lib/touchline --shell /usr/sbin/nologin \
        touchline \
    && install -d -o touchline -g touchline -m 0750 /var/lib/touchline

COPY --from=dependencies /app/.venv /app/.venv
COPY --from=package /added /app

# Data goes to /var/lib/touchline and all that is scratch to /tmp: nothing else is written, so the root can be
# read-only. What the libraries would report to their makers stays off, and so does the hint that git is missing.
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    TOUCHLINE_HOME=/var/lib/touchline \
    HOME=/tmp \
    XDG_CACHE_HOME=/tmp/cache \
    XDG_CONFIG_HOME=/tmp/config \
    MPLCONFIGDIR=/tmp/matplotlib \
    MLFLOW_ENV_ROOT=/tmp/mlflow \
    MLFLOW_DISABLE_TELEMETRY=true \
    BENTOML_HOME=/tmp/bentoml \
    BENTOML_DO_NOT_TRACK=True \
    GIT_PYTHON_REFRESH=quiet

# By number: a kubelet told runAsNonRoot can't tell whether a name is root's.
USER 10001:10001
WORKDIR /var/lib/touchline
EXPOSE 3000

HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
    CMD ["python", "-I", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:3000/livez', timeout=2)"]

ENTRYPOINT ["touchline"]
CMD ["serve", "--host", "0.0.0.0", "--port", "3000"]

# Last, since they change with each commit.
ARG REVISION=unknown
ARG LOCK_SHA256=unknown
LABEL org.opencontainers.image.title="touchline predictor" \
      org.opencontainers.image.description="Calibrated football forecasts over HTTP" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.revision="${REVISION}" \
      touchline.lock-sha256="${LOCK_SHA256}"
