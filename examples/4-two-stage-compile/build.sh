#!/bin/sh
set -eu
cd "$(dirname "$0")"
VERSION=${VERSION:-1.4.2}

docker build --target build -t hello:build .
docker run --rm hello:build gcc -dumpversion

docker build --build-arg VERSION="$VERSION" -t hello:"$VERSION" -t hello:latest .
docker run --rm hello:"$VERSION" script

# The binary without an image around it.
docker build --build-arg VERSION="$VERSION" --output out .
./out/hello
