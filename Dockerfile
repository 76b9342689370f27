# Builder and runtime stand on the same Debian release: the Swift runtime is linked in, glibc, OpenCV and ZeroMQ are not.
FROM swift:6.3-bookworm AS builder
RUN apt-get update \
 && apt-get install -y --no-install-recommends libzmq3-dev libopencv-core-dev libopencv-imgproc-dev \
    libpng-dev libjpeg-dev libeigen3-dev libzstd-dev liblz4-dev libdeflate-dev libsqlite3-dev pkg-config \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY Package.swift ./
COPY Sources Sources
COPY Tests Tests
RUN swift build -c release --static-swift-stdlib --product semalign \
 && cp "$(swift build -c release --static-swift-stdlib --show-bin-path)/semalign" /semalign

FROM debian:bookworm-slim
LABEL org.opencontainers.image.title="semalign" \
      org.opencontainers.image.description="3D keypoints of known object classes over ZeroMQ" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN apt-get update \
 && apt-get install -y --no-install-recommends libzmq5 libopencv-core406 libopencv-imgproc406 \
    libpng16-16 libjpeg62-turbo libzstd1 liblz4-1 libdeflate0 libsqlite3-0 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --no-create-home semalign \
 && install -d -o semalign -g semalign /run/semalign
COPY --from=builder /semalign /usr/local/bin/semalign
USER semalign
STOPSIGNAL SIGTERM
# Other containers share /run/semalign as a volume, under the same user; the sockets let only their owner in.
ENV SEMALIGN_SUBSCRIBE_BIND=ipc:///run/semalign/input.sock \
    SEMALIGN_PUBLISH_BIND=ipc:///run/semalign/output.sock
ENTRYPOINT ["semalign"]
CMD ["run"]
