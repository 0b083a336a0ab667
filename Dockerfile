# docker build -t trilat . && docker run --read-only --env-file .env -v ./knowledge:/knowledge:ro -v trilat:/state trilat
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags="-s -w" -o /trilat ./cmd/trilat && mkdir /state

# Nothing but the program and the certificates by which it knows Discord; it runs as nobody and writes
# nothing but what it remembers.
FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /trilat /trilat
COPY --from=build /src/knowledge/en /knowledge/en
COPY --from=build /src/knowledge/*.yaml /knowledge/
COPY --from=build --chown=65534:65534 /state /state
VOLUME /state
ENV KNOWLEDGE_DIR=/knowledge TRILAT_DB=/state/trilat.db TMPDIR=/state
USER 65534:65534
ENTRYPOINT ["/trilat"]
