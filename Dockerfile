# Musings in a container: the locked packages, the page, and nothing that runs as root.
FROM python:3.13-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /src
COPY requirements/ requirements/
RUN python -m venv /venv \
    && /venv/bin/pip install --require-hashes -r requirements/run.txt \
    && pip install --require-hashes -r requirements/build.txt
COPY pyproject.toml hatch_build.py third_party.py README.md LICENSE THIRD-PARTY.md CHANGELOG.md ./
COPY web/ web/
COPY src/ src/
RUN pip wheel --no-deps --no-build-isolation --wheel-dir /wheels . \
    && /venv/bin/pip install --no-deps --no-index /wheels/*.whl

FROM python:3.13-slim
RUN useradd --create-home --uid 10001 musings \
    && mkdir /data \
    && echo '{}' > /data/poets_cron_config.json \
    && chown -R musings:musings /data
COPY --from=build /venv /venv
COPY deploy/entrypoint.sh /entrypoint.sh
# A published port arrives from outside the container, so the loopback address alone would not be reached.
ENV PATH=/venv/bin:$PATH MUSINGS_CONFIG=/data/poets_cron_config.json MUSINGS_SERVER__HOST=0.0.0.0
USER musings
WORKDIR /data
VOLUME /data
EXPOSE 8000
ENTRYPOINT ["sh", "/entrypoint.sh"]
CMD ["up"]
