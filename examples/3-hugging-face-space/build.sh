#!/bin/sh
set -eu
cd "$(dirname "$0")"

docker build --no-cache --progress=plain -t space .
docker run --rm --user 1000 -w /tmp space python -c 'import os; print(os.environ["HOME"], os.getcwd())'
