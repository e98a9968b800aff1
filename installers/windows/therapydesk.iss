; Inno Setup: the frozen folder as an installer, for one user or, when started as administrator, for everybody.
#ifndef Version
  #define Version "0.0.0"
#endif

[Setup]
AppId=TherapyDesk
AppName=TherapyDesk
AppVersion={#Version}
DefaultDirName={autopf}\TherapyDesk
DefaultGroupName=TherapyDesk
PrivilegesRequired=lowest
PrivilegesRequiredOverridesAllowed=dialog
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
LicenseFile=..\..\LICENSE
OutputDir=..\..\dist
OutputBaseFilename=TherapyDesk-{#Version}-setup
SetupIconFile=..\..\build\icons\therapydesk.ico
UninstallDisplayIcon={app}\therapydesk.exe
WizardStyle=modern
Compression=lzma2
SolidCompression=yes

[Files]
Source: "..\..\dist\therapydesk\*"; DestDir: "{app}"; Flags: recursesubdirs ignoreversion

[Icons]
Name: "{group}\TherapyDesk"; Filename: "{app}\therapydesk.exe"

[Run]
Filename: "{app}\therapydesk.exe"; Description: "{cm:LaunchProgram,TherapyDesk}"; Flags: nowait postinstall skipifsilent
