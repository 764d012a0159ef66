"""Moments of the agenda, with their zone named."""

from django import template

from courses.when import moment_in_words, time_in_words

register = template.Library()
register.filter("in_words", moment_in_words)
register.filter("time_in_words", time_in_words)
