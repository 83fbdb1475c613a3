# The server with the web app in it. Untried: it was written where no Docker engine was at hand.

FROM node:22-slim AS build
WORKDIR /shoal
COPY . .
RUN npx --yes pnpm@12 install --frozen-lockfile \
  && npx --yes pnpm@12 build \
  && npx --yes pnpm@12 --filter @shoal/signal-server deploy --prod --legacy /out/signal-server \
  && rm -rf /out/signal-server/src /out/signal-server/test \
  && cp -r signal-server/dist /out/signal-server/ \
  && mkdir -p /out/web && cp -r web/dist /out/web/

FROM node:22-slim
# It writes nothing, so that its file system may be read-only.
COPY --from=build --chown=root:root /out /shoal
USER node
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s CMD \
  ["node", "-e", "fetch('http://127.0.0.1:'+process.env.PORT+'/health').then(r=>process.exit(r.ok?0:1),()=>process.exit(1))"]
# One helper for collecting garbage: with four, what answers waits for them where processors are few.
CMD ["node", "--v8-pool-size=1", "/shoal/signal-server/dist/main.js"]
