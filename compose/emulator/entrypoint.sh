#!/bin/sh
# NAME_FILE names a file that holds NAME: how a secret comes out of a volume, as with other images.
set -eu
for variable in $(env | sed -n 's/^\(BOATHOUSE_[A-Z0-9_]*\)_FILE=.*/\1/p'); do
    eval "file=\$${variable}_FILE"
    unset "${variable}_FILE"
    [ -z "${file}" ] && continue
    value=$(cat "${file}")
    export "${variable}=${value}"
done
# How a shell outside of here calls this image's command: what it prints for people to copy must work there.
export BOATHOUSE_COMMAND="docker exec $(hostname) boathouse"
exec "$@"
