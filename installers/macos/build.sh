#!/usr/bin/env bash
# Makes dist/TherapyDesk-VERSION-MACHINE.dmg. Set SIGN_AS to the name of a Developer ID certificate to sign it.
set -euo pipefail
cd "$(dirname "$0")/../.."
python3 installers/freeze.py
version=$(sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)
if [ -n "${SIGN_AS:-}" ]; then
  codesign --force --deep --options runtime --timestamp --sign "$SIGN_AS" dist/TherapyDesk.app
  codesign --verify --deep --strict dist/TherapyDesk.app
fi
image=dist/TherapyDesk-$version-$(uname -m).dmg
folder=$(mktemp -d)
cp -R dist/TherapyDesk.app LICENSE "$folder/"
ln -s /Applications "$folder/Applications"
hdiutil create -volname TherapyDesk -srcfolder "$folder" -ov -format UDZO "$image"
rm -r "$folder"
echo "$image"
