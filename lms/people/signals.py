"""What happens to entries of people as a whole. Sent inside the transaction."""

from django.dispatch import Signal

person_erased = Signal()
"""With ``person``, whose data has just been erased."""
personal_data_shown = Signal()
"""With ``request`` of somebody who works here, and ``people``, the ids of those whose data is in
the answer."""
person_merged = Signal()
"""With ``person``, who stays, and ``duplicate``, whose rows are the person's now."""
