#!/bin/sh
set -eu
cd "$(dirname "$0")"

docker build -q -t model . > /dev/null
for word in the quick; do
  docker run --rm model "$word"
done
