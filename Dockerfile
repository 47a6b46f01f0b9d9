# One image per process; docker-compose.yml picks the stage. The publish of standalone holds all six programs, so the images share their files and
# differ in what they start.
# The inbox is built with it; nothing of it is in what runs.
FROM node:24-bookworm-slim AS node

# The version of global.json.
FROM mcr.microsoft.com/dotnet/sdk:10.0.401 AS build
COPY --from=node /usr/local/bin /usr/local/bin
COPY --from=node /usr/local/lib/node_modules /usr/local/lib/node_modules
WORKDIR /source
COPY . .
RUN dotnet publish services/standalone --configuration Release --output /published/app \
 && dotnet publish tests/InstaMessenger.Simulator --configuration Release --output /published/simulator

FROM mcr.microsoft.com/dotnet/aspnet:10.0 AS runtime
# Neither curl nor wget is in the image; bash is.
COPY --chmod=755 <<'SCRIPT' /usr/local/bin/is-ready
#!/bin/bash
exec 3<>"/dev/tcp/127.0.0.1/${ASPNETCORE_URLS##*:}"
printf 'GET %s HTTP/1.0\r\nHost: localhost\r\n\r\n' "${1:-/health/ready}" >&3
read -r _ status _ <&3
[ "$status" = 200 ]
SCRIPT
# A new volume takes the owner of the folder that it is mounted over.
RUN mkdir -m 700 /data /keys /media && chown "$APP_UID" /data /keys /media
ENV Data__Directory=/data
# Prometheus comes from another container; Metrics__Port is not published.
ENV Metrics__Host=+
WORKDIR /app
USER $APP_UID
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --start-interval=1s CMD ["is-ready"]

FROM runtime AS app
COPY --from=build /published/app .

FROM app AS ingress
ENV ASPNETCORE_URLS=http://+:8081
ENTRYPOINT ["dotnet", "InstaMessenger.Ingress.dll"]

FROM app AS store
ENV ASPNETCORE_URLS=http://+:8082
ENTRYPOINT ["dotnet", "InstaMessenger.Store.dll"]

FROM app AS sender
ENV ASPNETCORE_URLS=http://+:8083
ENTRYPOINT ["dotnet", "InstaMessenger.Sender.dll"]

FROM app AS crm-forwarder
ENV ASPNETCORE_URLS=http://+:8084
ENTRYPOINT ["dotnet", "InstaMessenger.CrmForwarder.dll"]

FROM app AS ui-gateway
ENV ASPNETCORE_URLS=http://+:8080
ENTRYPOINT ["dotnet", "InstaMessenger.UiGateway.dll"]

FROM runtime AS simulator
COPY --from=build /published/simulator .
ENV ASPNETCORE_URLS=http://+:8090
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --start-interval=1s CMD ["is-ready", "/health/live"]
ENTRYPOINT ["dotnet", "InstaMessenger.Simulator.dll"]

# The default: everything in one process.
FROM app AS standalone
ENV ASPNETCORE_URLS=http://+:8080
ENTRYPOINT ["dotnet", "InstaMessenger.Standalone.dll"]
