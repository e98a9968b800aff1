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
    """A person was erased."""

    person_id: UUID


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
    """A person withdrew a consent."""

    consent_id: UUID
    person_id: UUID


@dataclass(frozen=True)
class ConsentTakenBack(Event):
    """An answer about consent was written down by a slip, and is gone."""

    consent_id: UUID
    person_id: UUID
