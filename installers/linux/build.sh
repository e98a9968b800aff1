#!/usr/bin/env bash
# Makes dist/therapydesk-VERSION-linux-MACHINE.tar.gz.
set -euo pipefail
cd "$(dirname "$0")/../.."
python3 installers/freeze.py
version=$(sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)
name=therapydesk-$version-linux-$(uname -m)
rm -rf "dist/$name"
mkdir "dist/$name"
mv dist/therapydesk "dist/$name/therapydesk"
cp installers/linux/therapydesk.desktop installers/linux/install.sh build/icons/therapydesk-256.png LICENSE "dist/$name/"
cp therapydesk/ui/kit/resources/icons/app.svg "dist/$name/therapydesk.svg"
tar --sort=name --owner=0 --group=0 --numeric-owner -C dist -czf "dist/$name.tar.gz" "$name"
echo "dist/$name.tar.gz"
