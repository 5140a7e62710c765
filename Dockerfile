# The whole program; which part runs is the command: serve, ingest, train.
FROM python:3.11.11-slim-bookworm AS build
WORKDIR /src
COPY requirements.lock ./
RUN python -m venv /opt/matinee \
    && /opt/matinee/bin/pip install --no-cache-dir --require-hashes --only-binary :all: -r requirements.lock
COPY . .
RUN /opt/matinee/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.11.11-slim-bookworm
# implicit's wheel links the system's libgomp
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libgomp1 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --create-home matinee \
    && install -d -o matinee -g matinee /state
COPY --from=build /opt/matinee /opt/matinee
USER 10001
ENV PATH=/opt/matinee/bin:$PATH MATINEE_HOME=/state PYTHONUNBUFFERED=1
VOLUME /state
EXPOSE 8082
HEALTHCHECK --interval=10s --timeout=2s --start-period=10s CMD \
    ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8082/healthz', timeout=1)"]
ENTRYPOINT ["matinee"]
CMD ["serve"]
