# Two images: `api` for the three Python programs, facade (clone-api), controller (clone-controller) and engine (migrator),
# and `egress-proxy`, Squid with helpers of the same code. `docker build --target` chooses.
# The lock file pins every dependency by hash; the base decides the Python version (3.13).
FROM debian:trixie-slim AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends python3 python3-venv \
    && rm -rf /var/lib/apt/lists/*
RUN python3 -m venv /opt/venv
COPY requirements.lock /src/
RUN /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r /src/requirements.lock
COPY pyproject.toml README.md LICENSE /src/
COPY api /src/api
COPY migrator /src/migrator
RUN /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps --no-build-isolation /src \
    && /opt/venv/bin/python -m compileall -q /opt/venv/lib

FROM build AS helpers
# Half of the packages' size, and no helper drives a browser.
RUN rm -rf /opt/venv/lib/python3*/site-packages/playwright

FROM debian:trixie-slim AS egress-proxy
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates python3 squid \
    && apt-get clean && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 10001 clone && useradd --uid 10001 --gid 10001 --no-create-home --shell /usr/sbin/nologin clone
COPY --from=helpers /opt/venv /opt/venv
COPY egress-proxy/squid.conf /etc/wordpress-clone/squid.conf
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER 10001:10001
EXPOSE 3128
CMD ["squid", "-N", "-f", "/etc/wordpress-clone/squid.conf"]

# libatomic1: Playwright's driver is a Node.js of its own, which wants it. Its browsers stay where they are: see browser/.
FROM debian:trixie-slim AS api
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates libatomic1 python3 \
    && apt-get clean && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 10001 clone && useradd --uid 10001 --gid 10001 --no-create-home --shell /usr/sbin/nologin clone
COPY --from=build /opt/venv /opt/venv
COPY wordpress-target-image/plugin/custom-migrator /opt/wordpress-clone/custom-migrator
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER 10001:10001
CMD ["clone-api", "serve"]
