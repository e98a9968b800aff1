"""What the formats of files that are read are called."""

from __future__ import annotations

from therapydesk.core.words import tr


def format_titles() -> dict[str, str]:
    """The formats (`types.FORMATS`) in words."""
    return {
        "csv": tr("Table of text (CSV)"),
        "xlsx": tr("Excel workbook (XLSX)"),
        "xls": tr("Older Excel workbook (XLS)"),
        "ods": tr("OpenDocument spreadsheet (ODS)"),
        "fhir-json": tr("FHIR referral (JSON)"),
        "fhir-xml": tr("FHIR referral (XML)"),
    }
