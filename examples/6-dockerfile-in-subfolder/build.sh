#!/bin/sh
set -eu
cd "$(dirname "$0")"

docker build --file docker/Dockerfile --tag site:next .
docker run --rm site:next
docker tag site:next site:latest
docker image inspect --format '{{.Config.WorkingDir}} {{json .Config.Cmd}}' site
