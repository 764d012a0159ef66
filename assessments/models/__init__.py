from assessments.models.assessment import Administration, Assessment, Wave
from assessments.models.attempt import Attempt, Response, ScaleScore
from assessments.models.instrument import FORMS, Instrument, Item, ItemKind, Scale

__all__ = [
    "FORMS",
    "Administration",
    "Assessment",
    "Attempt",
    "Instrument",
    "Item",
    "ItemKind",
    "Response",
    "Scale",
    "ScaleScore",
    "Wave",
]
