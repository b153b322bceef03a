#!/bin/sh
set -eu
cd "$(dirname "$0")"

docker build --label org.opencontainers.image.version="${VERSION:-dev}" --iidfile image.iid --tag python-app .
docker run --rm "$(cat image.iid)" python -m py_compile app.py
docker run --rm --entrypoint id python-app -un
