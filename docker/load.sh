# Registers random students of the sample for random open sections, and withdraws the oldest of its registrations once it
# holds 500, so that it can go on for days without filling the sections.
set -eu

PAGE="http://registrar:$(cat /run/secrets/registrar)@$PAGE"

readonly STUDENTS=2400 HELD=500
# Arithmetic of sh has no fractions.
pause=$(awk "BEGIN { print 1 / $PER_SECOND }")
seed=$(date +%s)

# random BELOW, in $drawn
random() {
    seed=$(((seed * 1103515245 + 12345) % 2147483648))
    drawn=$((seed / 65536 % $1))
}

ask() { curl -s --max-time 10 "$@" || true; }

set --
registered=0 refused=0 round=0
while true; do
    round=$((round + 1))
    random 2 && shard=$((5433 + drawn))
    random $STUDENTS && stno=$((drawn + 1))
    open=$(ask "$PAGE/api/students/$shard/$stno/sections" | grep -o '{[^{}]*"refusal":null[^{}]*}' | sed 's/.*"secNo":\([0-9]*\).*/\1/' || true)
    if [ -n "$open" ]; then
        random "$(echo "$open" | wc -l)"
        section=$(echo "$open" | sed -n "$((drawn + 1))p")
        answer=$(ask "$PAGE/api/registrations" -H 'Content-Type: application/json' \
            -d "{\"shard\":\"$shard\",\"stno\":$stno,\"secNo\":$section}")
        id=$(echo "$answer" | sed -n 's/.*"id":"\([^"]*\)".*/\1/p')
        if [ -n "$id" ]; then
            registered=$((registered + 1))
            set -- "$@" "$id"
        else
            refused=$((refused + 1))
        fi
    else
        refused=$((refused + 1))
    fi
    if [ $# -gt $HELD ]; then
        ask -X DELETE "$PAGE/api/registrations/$1"
        shift
    fi
    [ $((round % 60)) -ne 0 ] || echo "registered $registered, refused $refused"
    sleep "$pause"
done
