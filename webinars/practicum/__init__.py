"""The practicum: a conversation in roles, with a rubric and a debrief, on the live room's log."""
