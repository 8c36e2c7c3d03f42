# Three stages: build with everything, install what runs, and keep only that.
FROM node:20.20.2-bookworm-slim AS base
WORKDIR /app
ENV NPM_CONFIG_AUDIT=false NPM_CONFIG_FUND=false NPM_CONFIG_UPDATE_NOTIFIER=false

FROM base AS build
# Scripts stay off: ours would build before the sources are here, and the packages' own fetch what an image does not need.
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY build.mjs prisma.config.ts tsconfig.json ./
COPY prisma ./prisma
COPY graphql ./graphql
COPY src ./src
COPY console ./console
RUN node build.mjs

FROM base AS production
COPY package.json package-lock.json ./
# Optional are the embedded database, which production refuses, and the tools that Prisma's client only offers to bring.
RUN npm ci --omit=dev --omit=optional --ignore-scripts

FROM base
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4001 DATA_DIR=/data
# The one place that the service may write to: rows that an import rejects.
RUN install --directory --owner=node --group=node /data
# package.json says that dist/ holds ES modules.
COPY package.json LICENSE ./
COPY --from=production /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
USER node
EXPOSE 4001
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "--eval", "fetch('http://127.0.0.1:' + process.env.PORT + '/livez').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--enable-source-maps", "dist/main.js", "serve"]
