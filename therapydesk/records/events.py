"""The domain events. Frozen, ids and codes only (architecture §4)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from therapydesk.core.events import Event


@dataclass(frozen=True)
class PersonAdded(Event):
    """Somebody is known to the practice now."""

    person_id: UUID


@dataclass(frozen=True)
class PeopleMerged(Event):
    """`gone_id` was found to be the same person as `kept_id`. `merge_id` undoes it."""

    kept_id: UUID
    gone_id: UUID
    merge_id: UUID


@dataclass(frozen=True)
class PeopleUnmerged(Event):
    """A merge was undone."""

    kept_id: UUID
    gone_id: UUID
    merge_id: UUID


@dataclass(frozen=True)
class PersonDied(Event):
    """A death was recorded; bookings, invoices and mailings stop and ask (AH26)."""

    person_id: UUID


@dataclass(frozen=True)
class PersonErased(Event):
    """A person was erased from the part of the vault that this event is told in; each part tells it when it is done.

    `classes`: the retention classes that went, separated by spaces; empty: everything.
    """

    person_id: UUID
    classes: str = ""


@dataclass(frozen=True)
class ReferralAccepted(Event):
    """A referral led to an episode."""

    referral_id: UUID
    person_id: UUID
    episode_id: UUID


@dataclass(frozen=True)
class ReferralDeclined(Event):
    """A referral was answered with "not for us just now"."""

    referral_id: UUID
    person_id: UUID


@dataclass(frozen=True)
class EpisodeOpened(Event):
    """Support began, or a wait for it."""

    episode_id: UUID
    person_id: UUID


@dataclass(frozen=True)
class EpisodeClosed(Event):
    """Support ended."""

    episode_id: UUID
    person_id: UUID


@dataclass(frozen=True)
class AppointmentBooked(Event):
    """A session was booked."""

    appointment_id: UUID


@dataclass(frozen=True)
class AppointmentChanged(Event):
    """A session was moved or changed."""

    appointment_id: UUID


@dataclass(frozen=True)
class AppointmentCompleted(Event):
    """A session took place and its attendance is known."""

    appointment_id: UUID


@dataclass(frozen=True)
class AppointmentReopened(Event):
    """A completed session was reopened."""

    appointment_id: UUID


@dataclass(frozen=True)
class AppointmentCancelled(Event):
    """A session will not take place."""

    appointment_id: UUID


@dataclass(frozen=True)
class ConsentWithdrawn(Event):
    """A person does not agree to `purpose` any more. `consent_id` is the answer that was withdrawn."""

    consent_id: UUID
    person_id: UUID
    purpose: str = ""


@dataclass(frozen=True)
class ErasurePartDecided(Event):
    """The holder of a part of the vault erased it, or kept it with a reason (`state`: done, kept)."""

    erasure_id: UUID
    part: str
    state: str
    reason: str


@dataclass(frozen=True)
class SubjectPartMoved(Event):
    """Who holds a part of an answer to a request for data has collected it, or says that it is ready, or packed it
    (`step`: collected, ready, packed). It does not tell whether there is anything in it.
    """

    request_id: UUID
    part: str
    step: str


@dataclass(frozen=True)
class SubjectRequestEnded(Event):
    """A request for data has ended (`state`: sent, cancelled, refused). Copies made for one without an answer go."""

    request_id: UUID
    state: str


@dataclass(frozen=True)
class ConsentTakenBack(Event):
    """An answer about consent was written down by a slip, and is gone."""

    consent_id: UUID
    person_id: UUID
