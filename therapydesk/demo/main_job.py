"""The main job without a window: import the referral files, accept one, book and complete a session, sign its note,
issue the invoice. Run as `python -m therapydesk.demo.main_job --vault DIR --user NAME --passphrase-file FILE --out DIR`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from pathlib import Path
from uuid import UUID

from therapydesk.api import UserError, appointments, today, tr
from therapydesk.core.vault.vault import Vault
from therapydesk.demo.files import write_files
from therapydesk.plugins.invoicing import service as invoicing
from therapydesk.plugins.notes import service as notes
from therapydesk.plugins.referrals import importers
from therapydesk.plugins.referrals import service as referrals

DAYS_BACK = 40


def do_main_job(vault: Vault, files: Path, out: Path) -> list[str]:
    """Do it all; returns what was done, in words. The invoice's PDF goes into `out`."""
    steps = _import(vault, sorted(files.iterdir()))
    person_id, name = _accept(vault)
    steps.append(tr("Accepted the referral of {name}.").format(name=name))
    session = _hold_session(vault, person_id)
    steps.append(tr("Booked a session and recorded who came."))
    with vault.write("clinical") as db:
        note = notes.start_note(db, person_id, today(), appointment_id=session)
        text = {"happened": "We found a tempo together.", "next": "Bring the guitar."}
        note = notes.save_note(db, note.id, text, note.row_version)
        signed = notes.sign_note(db, note.id)
    steps.append(tr("Signed the note as {name}.").format(name=signed.signer_name))
    steps.append(_invoice(vault, person_id, out))
    return steps


def _import(vault: Vault, files: Sequence[Path]) -> list[str]:
    steps = []
    for path in files:
        source = importers.read(path)
        with vault.read() as db:
            plan = referrals.plan(db, source)
        if plan.count("new") + plan.count("same") + plan.count("perhaps_same") == 0:
            steps.append(tr("{file}: everything in it is here already.").format(file=path.name))
            continue
        with vault.write("core") as db:
            result = referrals.carry_out(db, plan)
        vault.settle()
        text = tr("{file}: {n} referrals imported, {left} rows left out.")
        steps.append(text.format(file=path.name, n=result.written, left=result.left_out))
    return steps


def _accept(vault: Vault) -> tuple[UUID, str]:
    with vault.read() as db:
        rows = [r for r in referrals.list_referrals(db, "new") if r.agreed != "no"]
    if not rows:
        raise UserError(tr("There is no new referral to accept."), tr("Make the demo practice afresh."))
    with vault.write("core") as db:
        referrals.triage(db, rows[0].id, referrals.Decision.ACCEPT)
    vault.settle()
    return rows[0].person_id, rows[0].name


def _hold_session(vault: Vault, person_id: UUID) -> UUID:
    """A session today at the first hour that clashes with nothing."""
    for hour in range(7, 21):
        at = datetime.combine(today(), time(hour))
        booking = appointments.Booking(at, 45, (person_id,), therapist_id=vault.user.id)
        with vault.write("core") as db:
            if appointments.find_clashes(db, booking):
                continue
            session = appointments.book(db, booking)[0]
            appointments.complete(db, session, [appointments.AttendanceMark("came", person_id)])
        vault.settle()
        return session
    raise UserError(tr("The diary is full today."))


def _invoice(vault: Vault, person_id: UUID, out: Path) -> str:
    with vault.write("core") as db:
        drafts = invoicing.draft_lines(db, today() - timedelta(days=DAYS_BACK), today())
        lines = [line.id for d in drafts for line in d.ready if line.person_id == person_id]
        invoice_id = invoicing.raise_invoices(db, lines, today())[0]
        invoicing.store_pdf(db, invoice_id)
        view = invoicing.invoice_view(db, invoice_id)
        content = invoicing.invoice_bytes(db, invoice_id)
    path = out / f"Invoice {view.number}.pdf"
    path.write_bytes(content)
    return tr("Issued invoice {number}: {file}").format(number=view.number, file=path.name)


def main(argv: Sequence[str]) -> int:
    """Entry point; 0 done, 2 refused with a sentence."""
    from therapydesk.built_in import BUILT_IN
    from therapydesk.core.plugins import load_all

    parser = argparse.ArgumentParser(prog="therapydesk.demo.main_job")
    for name in ("--vault", "--user", "--passphrase-file", "--out"):
        parser.add_argument(name, required=True)
    options = parser.parse_args(argv)
    out = Path(options.out)
    vault = Vault.open(Path(options.vault), host=load_all(BUILT_IN, {}, (), contrib=False))
    try:
        vault.unlock(options.user, Path(options.passphrase_file).read_text("utf-8").strip())
        files = write_files(out / "referrals", 1)[0].parent
        for step in do_main_job(vault, files, out):
            sys.stdout.write(f"  {step}\n")
    except UserError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    finally:
        vault.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
