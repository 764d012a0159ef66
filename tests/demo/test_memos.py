"""The demo's memos: installed once, and its lessons lead to them."""

from __future__ import annotations

from courses.models import KnowledgeBasePage, Memo
from courses.site_tree import ensure_site_tree
from lms.demo.content.course import MODULES
from lms.demo.content.memos import MEMOS
from lms.demo.pages import build_memos, lesson_from
from lms.people.models import Role
from lms.people.roles import grant_role
from tests.factories import UserFactory


def test_lessons_lead_to_every_memo(db):
    ensure_site_tree()
    trainer = UserFactory()
    grant_role(user=trainer, role=Role.TRAINER)
    for _time in range(2):
        build_memos(KnowledgeBasePage.objects.get(), MEMOS, trainer)
    assert Memo.objects.live().count() == len(MEMOS) >= 2
    bodies = [
        lesson_from({"body": [block for block in activity["body"] if block[0] == "memo_link"]}).body
        for module in MODULES
        for activity in module["activities"]
        if activity["kind"] == "lesson"
    ]
    linked = {block.value["memo"].slug for body in bodies for block in body}
    assert linked == {content["slug"] for content in MEMOS}
