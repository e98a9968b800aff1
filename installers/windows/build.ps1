# Makes dist\TherapyDesk-VERSION-setup.exe. Needs Python 3.11 or newer and Inno Setup 6.
$ErrorActionPreference = "Stop"
Set-Location (Join-Path $PSScriptRoot "..\..")
py -3 installers\freeze.py
if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
$version = (Select-String -Path pyproject.toml -Pattern '^version = "(.*)"').Matches[0].Groups[1].Value
$compiler = Join-Path ${env:ProgramFiles(x86)} "Inno Setup 6\ISCC.exe"
& $compiler "/DVersion=$version" installers\windows\therapydesk.iss
exit $LASTEXITCODE
