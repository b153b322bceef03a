#!/bin/sh
# Joins scripts into one and checks that the result is a script.
set -e
echo '#!/bin/sh' > /tmp/bundle
cat "$@" >> /tmp/bundle
sh -n /tmp/bundle
cat /tmp/bundle
rm /tmp/bundle
