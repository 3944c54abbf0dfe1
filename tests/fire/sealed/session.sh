# A platform's whole life in a shell where everything leads to AWS; run in a sealed network, in an empty folder.
# The output of each part, its exit code, and what it tried to send elsewhere lie in PART.out, .code and .left.
# session.sh PYTHON LEFT SOURCE…
set -uo pipefail
python=$1 left=$2 here=$(dirname "$(readlink -f "$0")")
shift 2

part() {
    local name=$1
    shift
    "$@" >"$name.out" 2>&1
    echo $? >"$name.code"
    cp "$left" "$name.left"
    : >"$left"
}

until_ready() {
    for _ in $(seq 600); do
        grep -q 'is ready' up.log && return
        kill -0 "$platform" || break
        sleep 0.1
    done
    cat up.log
    return 1
}

commands() {
    aws s3 ls && aws glue get-databases && aws sts get-caller-identity && boathouse query 'SELECT 1' && boathouse status
}

stop() {
    kill "$platform"
    wait "$platform" || true
}

boathouse up --port 0 >up.log 2>&1 &
platform=$!
part up until_ready
part pipeline "$python" -m pipelines run all --profile local --report --source "$@"
part script boathouse glue run script.py
eval "$(boathouse env)"
part pipeline-after-env "$python" -m pipelines deploy --profile local
part clients "$python" "$here/session.py"
part commands commands
part down stop
