#!/bin/sh
# Goes into the archive: puts the program into one's own home folder, or with root for everybody.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
if [ "$(id -u)" = 0 ]; then base=/usr/local; else base=$HOME/.local; fi
lib=$base/lib/therapydesk
share=$base/share
rm -rf "$lib"
mkdir -p "$lib" "$base/bin" "$share/applications" "$share/icons/hicolor/256x256/apps" "$share/icons/hicolor/scalable/apps"
cp -R "$here/therapydesk/." "$lib/"
ln -sf "$lib/therapydesk" "$base/bin/therapydesk"
sed "s|^Exec=therapydesk|Exec=$lib/therapydesk|" "$here/therapydesk.desktop" > "$share/applications/therapydesk.desktop"
cp "$here/therapydesk-256.png" "$share/icons/hicolor/256x256/apps/therapydesk.png"
cp "$here/therapydesk.svg" "$share/icons/hicolor/scalable/apps/therapydesk.svg"
echo "TherapyDesk is installed in $lib. To take it away again: rm -r $lib $base/bin/therapydesk $share/applications/therapydesk.desktop"
