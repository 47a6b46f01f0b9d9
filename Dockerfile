# One image per process; docker-compose.yml picks the stage. All of them are published by one build stage, so that packages are restored
# and shared code is compiled once.
# The version of global.json.
FROM mcr.microsoft.com/dotnet/sdk:10.0.401 AS build
WORKDIR /source
COPY . .
RUN for project in \
      services/ingress services/store services/sender services/crm-forwarder services/ui-gateway services/standalone \
      tests/InstaMessenger.Simulator; \
    do dotnet publish "$project" --configuration Release --output "/published/$(basename "$project")" || exit 1; done

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
RUN mkdir /data /keys && chown "$APP_UID" /data /keys
ENV Data__Directory=/data
WORKDIR /app
USER $APP_UID
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --start-interval=1s CMD ["is-ready"]

FROM runtime AS ingress
COPY --from=build /published/ingress .
ENV ASPNETCORE_URLS=http://+:8081
ENTRYPOINT ["dotnet", "InstaMessenger.Ingress.dll"]

FROM runtime AS store
COPY --from=build /published/store .
ENV ASPNETCORE_URLS=http://+:8082
ENTRYPOINT ["dotnet", "InstaMessenger.Store.dll"]

FROM runtime AS sender
COPY --from=build /published/sender .
ENV ASPNETCORE_URLS=http://+:8083
ENTRYPOINT ["dotnet", "InstaMessenger.Sender.dll"]

FROM runtime AS crm-forwarder
COPY --from=build /published/crm-forwarder .
ENV ASPNETCORE_URLS=http://+:8084
ENTRYPOINT ["dotnet", "InstaMessenger.CrmForwarder.dll"]

FROM runtime AS ui-gateway
COPY --from=build /published/ui-gateway .
ENV ASPNETCORE_URLS=http://+:8080
ENTRYPOINT ["dotnet", "InstaMessenger.UiGateway.dll"]

FROM runtime AS simulator
COPY --from=build /published/InstaMessenger.Simulator .
ENV ASPNETCORE_URLS=http://+:8090
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --start-interval=1s CMD ["is-ready", "/health/live"]
ENTRYPOINT ["dotnet", "InstaMessenger.Simulator.dll"]

# The default: everything in one process.
FROM runtime AS standalone
COPY --from=build /published/standalone .
ENV ASPNETCORE_URLS=http://+:8080
ENTRYPOINT ["dotnet", "InstaMessenger.Standalone.dll"]
