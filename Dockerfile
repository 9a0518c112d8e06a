# The image of a campus: every plugin of this release, the operator, and the plugins of others that PLUGINS names.
#
#   docker build --tag azora .
#   docker build --tag campus --build-arg PLUGINS="azora-weather==1.2 ./my-plugin" .
#
# It runs as nobody in particular (10001), on a read-only root, and holds neither a shell nor a package manager.
ARG DEBIAN=docker.io/library/debian:12-slim

FROM ${DEBIAN} AS build
ENV DEBIAN_FRONTEND=noninteractive PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
# Debian's are not pinned: an image that is built again has its security fixes.
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates python3-venv \
 && rm -rf /var/lib/apt/lists/*

# Azora and its libraries, in the versions that its tests run with; then the plugins of others beside them.
WORKDIR /source
COPY . .
ARG EXTRAS=compression,distributed,operator,s3,telemetry
ARG PLUGINS=""
RUN python3 -m venv /opt/azora \
 && /opt/azora/bin/pip install --quiet --constraint constraints.txt ".[${EXTRAS}]" ${PLUGINS} \
 && /opt/azora/bin/azora plugins --json > /dev/null

# What is in it, as CycloneDX, for whoever looks for known weaknesses; pip itself stays behind.
ARG CYCLONEDX=7.5.0
RUN python3 -m venv /opt/cyclonedx \
 && /opt/cyclonedx/bin/pip install --quiet "cyclonedx-bom==${CYCLONEDX}" \
 && /opt/azora/bin/python -m pip uninstall --quiet --yes pip setuptools \
 && /opt/cyclonedx/bin/cyclonedx-py environment --output-reproducible --of JSON \
    --output-file /opt/azora/sbom.cdx.json /opt/azora/bin/python

# Of Debian only what Python needs; each package is noted where scanners look for it.
WORKDIR /packages
ARG PACKAGES="base-files ca-certificates libbz2-1.0 libc6 libcrypt1 libdb5.3 libexpat1 libffi8 libgcc-s1 \
    liblzma5 libncursesw6 libnsl2 libpython3.11-minimal libpython3.11-stdlib libreadline8 libsqlite3-0 \
    libssl3 libstdc++6 libtinfo6 libtirpc3 libuuid1 media-types netbase python3.11-minimal tzdata zlib1g"
RUN apt-get update \
 && apt-get download ${PACKAGES} \
 && mkdir -p /rootfs/var/lib/dpkg/status.d \
 && for package in *.deb; do \
      dpkg-deb --extract "$package" /rootfs \
   && dpkg-deb --field "$package" > "/rootfs/var/lib/dpkg/status.d/${package%%_*}"; \
    done \
 && ln -s python3.11 /rootfs/usr/bin/python3 \
 && cp /etc/ssl/certs/ca-certificates.crt /rootfs/etc/ssl/certs/ \
 && echo "azora:x:10001:10001::/var/lib/azora:/nonexistent" > /rootfs/etc/passwd \
 && echo "azora:x:10001:" > /rootfs/etc/group \
 && install -d -m 1777 /rootfs/tmp \
 && install -d -o 10001 -g 10001 -m 0700 /rootfs/var/lib/azora \
 && rm -rf /rootfs/usr/share/doc /rootfs/usr/share/man /rootfs/usr/share/locale /rootfs/usr/sbin

FROM scratch
COPY --from=build /rootfs/ /
COPY --from=build /opt/azora /opt/azora
ENV PATH=/opt/azora/bin:/usr/bin LANG=C.UTF-8 SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt \
    PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 \
    AZORA_DATA_DIR=/var/lib/azora AZORA_HOST=0.0.0.0 AZORA_LOG_FORMAT=json
LABEL org.opencontainers.image.title="Azora" \
      org.opencontainers.image.description="A self-hosted campus whose every capability is a plugin" \
      org.opencontainers.image.source="https://github.com/azora-os/azora"
USER 10001:10001
VOLUME /var/lib/azora
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["azora", "up"]
