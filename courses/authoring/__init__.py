"""What helps a trainer to write well: checks before publishing, and the learner's eyes."""
