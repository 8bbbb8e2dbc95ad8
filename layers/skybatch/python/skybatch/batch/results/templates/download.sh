#!/bin/sh
# Fetches the images and tables of one batch into this folder: skips what is there and right, resumes what
# is begun, tries again what fails, checks every MD5. Run it again to go on where it stopped.
# Needs curl or wget, and md5sum, md5 or openssl. SKYBATCH_FETCH=wget chooses where both are there.
# Where tar is there and most images are missing, it takes them by one file, the archive, and then what is
# still missing one by one; SKYBATCH_TAR=no takes all one by one.
set -u
base='@URL@'
few='@FEW@' # images so few that they are fetched one by one
tries=5

for tool in ${SKYBATCH_FETCH:-curl wget} none; do
    command -v "$tool" >/dev/null 2>&1 && break
done
for summer in md5sum md5 openssl none; do
    command -v "$summer" >/dev/null 2>&1 && break
done
if [ "$tool" = none ] || [ "$summer" = none ]; then
    echo "curl or wget is needed, and md5sum, md5 or openssl" >&2
    exit 2
fi

fetch() { # url, file: fetches what is missing of it
    if [ "$tool" = curl ]; then
        curl --fail --silent --show-error --location --connect-timeout 30 --speed-time 60 --speed-limit 100 \
            --continue-at - --output "$2" "$1"
    else
        wget --quiet --tries=1 --timeout=60 --continue --output-document="$2" "$1"
    fi
}

sum() { # file
    case $summer in
    md5sum) md5sum <"$1" | cut -d ' ' -f 1 ;;
    md5) md5 -q "$1" ;;
    openssl) openssl md5 -r <"$1" | cut -d ' ' -f 1 ;;
    esac
}

right() { # file, md5
    [ -f "$1" ] && [ "$(sum "$1")" = "$2" ]
}

get() { # name, md5
    case $1 in
    images/*) url="$base/$1" ;;
    *) url="$base/files/$1" ;;
    esac
    try=1
    while [ "$try" -le "$tries" ]; do
        came=no
        right "$1.part" "$2" || { fetch "$url" "$1.part" && came=yes; }
        if right "$1.part" "$2"; then
            mv -f "$1.part" "$1"
            return
        fi
        # What is whole but wrong is no use to resume; nor is what cannot be resumed again and again.
        if [ "$came" = yes ] || [ "$try" -ge 3 ]; then
            rm -f "$1.part"
        fi
        [ "$try" -lt "$tries" ] && sleep "$try"
        try=$((try + 1))
    done
    return 1
}

list() { # all files: md5, name
    cat <<'FILES'
@FILES@
FILES
}

missing() { # counts the images that are not there
    list | while read -r md5 name; do
        case $name in
        images/*) [ -f "$name" ] || echo "$name" ;;
        esac
    done | wc -l
}

take_archive() { # fetches the archive and takes the images out of it
    try=1
    until fetch "$base/files/images.tar" .images.tar.part; do
        [ "$try" -lt "$tries" ] || return 1
        sleep "$try"
        try=$((try + 1))
    done
    mkdir -p .unpacked && tar -xf .images.tar.part -C .unpacked && cp -R .unpacked/*/images . && ok=yes || ok=no
    rm -rf .unpacked .images.tar.part # what is wrong of it is fetched by itself
    [ "$ok" = yes ]
}

mkdir -p images || exit 1
failed=0
done=0
if [ "${SKYBATCH_TAR:-yes}" = yes ] && command -v tar >/dev/null 2>&1 && [ "$(missing)" -gt "$few" ]; then
    take_archive || echo "the archive did not come whole; fetching file by file" >&2
fi
while read -r md5 name; do
    [ -n "$name" ] || continue
    if right "$name" "$md5" || get "$name" "$md5"; then
        rm -f "$name.part"
        done=$((done + 1))
    else
        echo "could not fetch $name" >&2
        failed=$((failed + 1))
    fi
done <<FILES
$(list)
FILES
echo "$done files here, $failed missing"
[ "$failed" -eq 0 ]
