"""Building the demo course as pages from the content modules; what exists is left as it is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.files.images import ImageFile
from wagtail.documents.models import Document
from wagtail.images.models import Image
from wagtail.models import Page
from wagtail.rich_text import RichText

from courses.models import (
    Activity,
    CatalogPage,
    Course,
    Dialogue,
    KnowledgeBasePage,
    Lesson,
    Memo,
    Module,
    Topic,
)
from lms.people.models import User

ASSETS = Path(__file__).parent / "assets"

ActivityBuilder = Callable[[dict[str, Any]], Activity]


def build_course(
    *,
    catalog: CatalogPage,
    course: dict[str, Any],
    modules: list[dict[str, Any]],
    owner: User,
    builders: dict[str, ActivityBuilder],
) -> Course:
    """The course with its modules and activities, published; idempotent by slug.

    ``builders`` make an unsaved page from an activity's content, by its ``kind``. Pages that are
    already there are not touched: a trainer may have edited them.
    """
    root = _child(
        catalog,
        course["slug"],
        lambda: Course(
            title=course["title"],
            slug=course["slug"],
            summary=course["summary"],
            description=course["description"],
            outcomes="<ul>" + "".join(f"<li>{text}</li>" for text in course["outcomes"]) + "</ul>",
            audience=course["audience"],
            workload=course["workload"],
            hours=course["hours"],
            document=course["document"],
            is_synthetic=course.get("is_synthetic", False),
        ),
        owner,
    )
    _give_topics(root, course.get("topics", {}))
    for module_content in modules:
        module = _child(
            root, module_content["slug"], lambda content=module_content: _module(content), owner
        )
        for content in module_content["activities"]:
            build = builders[content["kind"]]
            _child(
                module,
                content["slug"],
                lambda content=content, build=build: _placed(build(content), content),
                owner,
            )
    return Course.objects.get(pk=root.pk)


def build_memos(shelf: KnowledgeBasePage, memos: list[dict[str, Any]], owner: User) -> None:
    """The memos of the knowledge base, published; those that are there are left as they are.

    Before the course: its lessons lead to them.
    """
    for content in memos:
        _child(
            shelf,
            content["slug"],
            lambda content=content: Memo(
                title=content["title"],
                slug=content["slug"],
                summary=content["summary"],
                audience=content.get("audience", ""),
                is_public=content.get("is_public", False),
                body=[block_from(kind, value) for kind, value in content["body"]],
            ),
            owner,
        )


def _give_topics(course: Course, topics: dict[str, str]) -> None:
    """Topics by their short names; a course that a trainer has given topics keeps those."""
    course = Course.objects.get(pk=course.pk)
    if course.topics.exists():
        return
    for slug, title in topics.items():
        course.topics.add(Topic.objects.get_or_create(slug=slug, defaults={"title": title})[0])
    course.save()


def _child(parent: Page, slug: str, make: Callable[[], Page], owner: User) -> Page:
    existing = parent.get_children().filter(slug=slug).first()
    if existing is not None:
        return existing.specific
    page = make()
    page.owner = owner
    parent.refresh_from_db()  # its number of children, which the tree counts on
    parent.add_child(instance=page)
    page.save_revision(user=owner).publish(user=owner, skip_permission_checks=True)
    return page


def _module(content: dict[str, Any]) -> Module:
    return Module(title=content["title"], slug=content["slug"], summary=content["summary"])


def _placed(page: Activity, content: dict[str, Any]) -> Activity:
    page.title = content["title"]
    page.slug = content["slug"]
    page.goal = content["goal"]
    page.estimated_minutes = content["estimated_minutes"]
    page.is_required = content["required"]
    page.opens = content["opens"]
    return page


def lesson_from(content: dict[str, Any]) -> Lesson:
    """An unsaved lesson; its video files become documents of the CMS."""
    return Lesson(body=[block_from(kind, value) for kind, value in content["body"]])


def dialogue_from(content: dict[str, Any]) -> Dialogue:
    """An unsaved dialogue with its client and lines."""
    talk = content["dialogue"]
    return Dialogue(
        client_name=talk["client_name"],
        situation=RichText(talk["situation"]).source,
        trust=talk["trust"],
        tension=talk["tension"],
        lines=talk["lines"],
    )


def block_from(kind: str, value: Any) -> tuple[str, Any]:
    if kind == "video":
        value = {
            "title": value["title"],
            "video": document_from(value["file"], value["title"]),
            "poster": image_from(Path(value["file"]).with_suffix(".jpg").name, value["title"]),
            "captions": document_from(value["captions"], f"{value['title']}: субтитры"),
            "transcript": RichText(value["transcript"]),
        }
    elif kind == "memo_link":
        value = {**value, "memo": Memo.objects.get(slug=value["memo"])}
    elif kind == "callout":
        value = {**value, "text": RichText(value["text"])}
    elif kind == "paragraph":
        value = RichText(value)
    return kind, value


def document_from(filename: str, title: str) -> Document:
    """The CMS document of an asset, made once."""
    existing = Document.objects.filter(title=title, file__endswith=Path(filename).suffix).first()
    if existing is not None:
        return existing
    with (ASSETS / filename).open("rb") as file:
        return Document.objects.create(title=title, file=File(file, name=filename))


def image_from(filename: str, title: str) -> Image:
    """The CMS picture of an asset, made once. Decorative: the video's title says the same."""
    existing = Image.objects.filter(title=title).first()
    if existing is None:
        with (ASSETS / filename).open("rb") as file:
            existing = Image.objects.create(title=title, file=ImageFile(file, name=filename))
    existing.decorative = True
    existing.contextual_alt_text = ""
    return existing
