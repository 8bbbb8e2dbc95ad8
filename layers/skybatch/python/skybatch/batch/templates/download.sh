#!/bin/sh
# Fetches the images of one batch into ./images: skips what is there and right, resumes what is begun,
# tries again what fails, checks every MD5. Run it again to go on. Needs curl or wget, and md5sum or md5.
set -u
base='@URL@'
tries=5

fetch() { # url, file
    if command -v curl >/dev/null 2>&1; then
        curl --fail --silent --show-error --location --continue-at - --output "$2" "$1"
    else
        wget --quiet --continue --output-document="$2" "$1"
    fi
}

sum() { # file
    if command -v md5sum >/dev/null 2>&1; then
        md5sum "$1" | cut -d ' ' -f 1
    else
        md5 -q "$1"
    fi
}

right() { # file, md5
    [ -f "$1" ] && [ "$(sum "$1")" = "$2" ]
}

get() { # file, md5
    try=1
    while [ "$try" -le "$tries" ]; do
        fetch "$base/images/$1" "images/$1.part" && right "images/$1.part" "$2" &&
            mv "images/$1.part" "images/$1" && return 0
        # What is whole but wrong is no use to resume.
        [ "$try" -lt 2 ] || rm -f "images/$1.part"
        sleep "$try"
        try=$((try + 1))
    done
    return 1
}

mkdir -p images || exit 1
failed=0
done=0
while read -r md5 file; do
    [ -n "$file" ] || continue
    if right "images/$file" "$md5" || get "$file" "$md5"; then
        done=$((done + 1))
    else
        echo "could not fetch $file" >&2
        failed=$((failed + 1))
    fi
done <<'FILES'
@FILES@
FILES
echo "$done images here, $failed missing"
[ "$failed" -eq 0 ]
