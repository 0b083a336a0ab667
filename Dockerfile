# docker build -t trilat . && docker run --read-only --env-file .env -v ./knowledge:/knowledge:ro trilat
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags="-s -w" -o /trilat ./cmd/trilat

# Nothing but the program and the certificates by which it knows Discord; it runs as nobody and writes nothing.
FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /trilat /trilat
COPY --from=build /src/knowledge/en /knowledge/en
COPY --from=build /src/knowledge/*.yaml /knowledge/
ENV KNOWLEDGE_DIR=/knowledge
USER 65534:65534
ENTRYPOINT ["/trilat"]
