# SeqServe in a container. CPU by default:
#   docker build -t seqserve .
#   docker run --rm -p 8080:8080 -p 8081:8081 --read-only --tmpfs /tmp --cap-drop ALL seqserve
# Models that run in a process of their own (README, "isolation") need nothing more; a --pids-limit must leave about ten threads for each.
# With CUDA (needs the NVIDIA container toolkit on the host):
#   docker build -t seqserve:gpu --build-arg FLAVOR=gpu .
#   docker run --rm --gpus all -p 8080:8080 seqserve:gpu

ARG FLAVOR=cpu
ARG SDK_IMAGE=mcr.microsoft.com/dotnet/sdk:10.0-noble
ARG CPU_IMAGE=mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled-extra
# CUDA 13 and cuDNN 9 are what Microsoft.ML.OnnxRuntime.Gpu of Directory.Packages.props is linked with.
ARG GPU_IMAGE=nvidia/cuda:13.0.2-cudnn-runtime-ubuntu24.04

FROM ${SDK_IMAGE} AS build
ARG FLAVOR
# Set by the builder; amd64 and arm64 are what ONNX Runtime brings for Linux.
ARG TARGETARCH=amd64
WORKDIR /source
# Project files first: the restore is cached until one of them changes.
COPY global.json Directory.Build.props Directory.Packages.props BannedSymbols.txt .editorconfig ./
COPY src/SeqServe.Tokenizers/SeqServe.Tokenizers.csproj src/SeqServe.Tokenizers/
COPY src/SeqServe.Core/SeqServe.Core.csproj src/SeqServe.Core/
COPY src/SeqServe.Onnx/SeqServe.Onnx.csproj src/SeqServe.Onnx/
COPY src/SeqServe.Api/SeqServe.Api.csproj src/SeqServe.Api/
RUN rid=linux-$(echo "$TARGETARCH" | sed s/amd64/x64/) \
 && dotnet restore src/SeqServe.Api -r "$rid" -p:OnnxRuntimeFlavor="$FLAVOR"
COPY src/ src/
COPY models/ models/
# The GPU image has no .NET runtime, so there the program brings its own.
RUN rid=linux-$(echo "$TARGETARCH" | sed s/amd64/x64/) \
 && if [ "$FLAVOR" = gpu ]; then own=true; else own=false; fi \
 && dotnet publish src/SeqServe.Api -c Release -r "$rid" --self-contained "$own" -p:OnnxRuntimeFlavor="$FLAVOR" -o /app

# No shell, no package manager, ICU included (NFKC needs it), user "app" (1654).
FROM ${CPU_IMAGE} AS runtime-cpu

FROM ${GPU_IMAGE} AS runtime-gpu
RUN apt-get update && apt-get install -y --no-install-recommends libicu74 && rm -rf /var/lib/apt/lists/* \
 && useradd --uid 1654 --no-create-home --shell /usr/sbin/nologin app

FROM runtime-${FLAVOR} AS final
WORKDIR /app
COPY --from=build /app ./
# Diagnostics would want to write to a root file system that may be read-only.
ENV ASPNETCORE_HTTP_PORTS=8080 \
    DOTNET_EnableDiagnostics=0 \
    DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=false \
    ORT_DISABLE_TELEMETRY=1 \
    SeqServe__LogFormat=Json \
    SeqServe__ShutdownDelay=00:00:05
EXPOSE 8080 8081
USER 1654
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["/app/SeqServe.Api", "healthcheck"]
ENTRYPOINT ["/app/SeqServe.Api"]
