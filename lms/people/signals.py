"""What happens to entries of people as a whole. Sent inside the transaction."""

from django.dispatch import Signal

person_erased = Signal()
"""With ``person``, whose data has just been erased."""
person_merged = Signal()
"""With ``person``, who stays, and ``duplicate``, whose rows are the person's now."""
