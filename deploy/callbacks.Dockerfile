# The callback receiver in a container: docker build -f deploy/callbacks.Dockerfile -t swapdesk-callbacks .
# Its data folder is a volume: what the central database does not have yet is there.
FROM node:24-bookworm AS build
WORKDIR /opt/swapdesk
RUN apt-get update && apt-get install -y --no-install-recommends build-essential python3 pkg-config libsecret-1-dev
COPY . .
RUN npm ci && node scripts/build.mjs && npm prune --omit=dev

FROM node:24-bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends libsecret-1-0 && rm -rf /var/lib/apt/lists/*
COPY --from=build /opt/swapdesk /opt/swapdesk
ENV SWAPDESK_HOME=/data
RUN mkdir -m 0700 /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 8443
HEALTHCHECK --interval=30s --timeout=5s CMD ["node", "-e", "fetch('http://127.0.0.1:8443/health').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/opt/swapdesk/dist/cli.js", "callbacks", "serve", "--port", "8443", "--host", "0.0.0.0"]
