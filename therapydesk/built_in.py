"""The built-in plugins, by module name."""

BUILT_IN = (
    "therapydesk.plugins.caseload.plugin",
    "therapydesk.plugins.referrals.plugin",
    "therapydesk.plugins.diary.plugin",
    "therapydesk.plugins.notes.plugin",
    "therapydesk.plugins.safeguarding.plugin",
    "therapydesk.plugins.groups.plugin",
    "therapydesk.plugins.invoicing.plugin",
)
