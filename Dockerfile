# Botcadence in a container: `docker build -t botcadence .`, then see README, Deployment.

FROM python:3.11-slim-bookworm AS packages
COPY requirements.txt /
RUN python -m venv /venv \
    && /venv/bin/python -m pip install --no-cache-dir --disable-pip-version-check --only-binary :all: \
        --require-hashes --requirement /requirements.txt

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin botcadence \
    && install --directory --owner=botcadence --group=botcadence --mode=700 /data
COPY --from=packages /venv /venv
WORKDIR /botcadence
COPY main.py ./
COPY data/ data/
COPY components/ components/
COPY pages/ pages/
ENV BOTCADENCE_DATA_DIR=/data \
    BOTCADENCE_HOST=0.0.0.0 \
    PATH=/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
USER 10001
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8080/healthz', timeout=4)"]
CMD ["python", "main.py"]
