#!/bin/sh
# NPM_CONFIG_REGISTRY in the environment names another registry than npm's own.
set -eu
cd "$(dirname "$0")"

docker build --secret id=npmrc,src=.npmrc --build-arg NPM_CONFIG_REGISTRY -t node-server:latest .
docker run --rm node-server:latest node --check server.js
docker run --rm -e PORT=8080 node-server:latest node -p process.env.PORT
