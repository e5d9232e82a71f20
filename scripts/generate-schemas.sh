#!/bin/sh
# Generates the Swift messages and the descriptor set from Schemas/jangbu. Both are committed: a
# build needs neither protoc nor this script. Afterwards run the tests with JANGBU_RELOCK=1 once,
# which writes Schemas/schemas.lock, or says why a released schema may not change so.
#
# Needs protoc (Debian: protobuf-compiler). protoc-gen-swift is built from the swift-protobuf
# release that the package resolves, or taken from PROTOC_GEN_SWIFT if that names one.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
schemas="$root/Schemas"
generated="$root/Sources/Finance/Generated"

command -v protoc >/dev/null 2>&1 || {
    echo "generate-schemas: protoc is missing (Debian: apt-get install protobuf-compiler)" >&2
    exit 69
}

plugin=${PROTOC_GEN_SWIFT:-}
if [ -z "$plugin" ]; then
    echo "generate-schemas: building protoc-gen-swift" >&2
    swift build --package-path "$root" --product protoc-gen-swift >&2
    plugin="$(swift build --package-path "$root" --show-bin-path)/protoc-gen-swift"
fi

files=$(cd "$schemas" && find jangbu -name '*.proto' | LC_ALL=C sort)

fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT
# FileNaming=PathToUnderscores: a second version of card.proto must not write over the first.
# shellcheck disable=SC2086
protoc --proto_path="$schemas" --plugin="protoc-gen-swift=$plugin" \
    --swift_opt=Visibility=Public --swift_opt=UseAccessLevelOnImports=true \
    --swift_opt=FileNaming=PathToUnderscores --swift_out="$fresh" \
    --descriptor_set_out="$fresh/schemas.binpb" --include_imports $files

# A message with many fields starts from a shared storage object in a `nonisolated(unsafe)` static.
# It is written only when uniquely referenced, so reading it is safe; strict memory safety wants the
# word, and the generator does not write it yet.
sed -i 's/= _StorageClass\.defaultInstance$/= unsafe _StorageClass.defaultInstance/' \
    "$fresh"/*.pb.swift

# What the tests of upcasting need; not part of any schema set.
protoc --proto_path="$schemas" --plugin="protoc-gen-swift=$plugin" \
    --swift_opt=UseAccessLevelOnImports=true --swift_opt=FileNaming=DropPath \
    --swift_out="$root/Tests/FinanceTests/Events" fixtures/upcast.proto

mkdir -p "$generated"
find "$generated" -name '*.pb.swift' -delete
mv "$fresh"/*.pb.swift "$generated/"
mv "$fresh/schemas.binpb" "$schemas/schemas.binpb"
echo "generate-schemas: $(echo "$files" | wc -l) files" >&2
