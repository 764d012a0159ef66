"""The trainer's CMS: whose pages are whose, the way to publication, cohorts and their people."""
