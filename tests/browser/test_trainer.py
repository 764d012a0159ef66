"""A trainer builds a course from nothing in the CMS, and a learner completes it.

Every page goes through the review by a methodologist; nobody else touches the database.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, Request, Route, expect

from tests.browser.people import choose_action, press, sign_in

pytestmark = pytest.mark.browser
COURSE = "Разговор у двери"
LESSON = "Первые слова на пороге"
EDITOR = re.compile(r"/cms/pages/\d+/edit/")
DIALOGUE = "Дверь открыли на цепочку"
CALM = (
    "Дверь приоткрылась. Сначала мы называем себя и говорим, зачем пришли. "
    "Потом ждём: человек решает сам, пускать ли нас."
)


def open_catalog(page: Page) -> None:
    page.goto("/cms/")
    page.get_by_role("link", name="Программы").first.click()
    expect(page.get_by_role("link", name="Добавить дочернюю страницу").first).to_be_visible()


def begin_page(page: Page, kind: str, title: str) -> None:
    """From the list where the page shall stand to its form, with the title typed."""
    page.get_by_role("link", name="Добавить дочернюю страницу").first.click()
    choice = page.get_by_role("link", name=kind, exact=True)
    form = page.locator("#id_title")
    expect(choice.or_(form).first).to_be_visible()
    if form.count() == 0:
        choice.first.click()
    page.wait_for_load_state("networkidle")
    form.click()
    page.keyboard.type(title)
    page.keyboard.press("Tab")
    expect(page.locator("#id_slug")).not_to_have_value("")  # the CMS makes it from the title


def keep_draft(page: Page) -> str:
    """Save the draft; the address of its editor."""
    choose_action(page, "Сохранить черновик")
    expect_kept(page)
    page.wait_for_load_state("networkidle")
    return page.url


def expect_kept(page: Page) -> None:
    expect(page.locator(".messages")).to_contain_text(re.compile("создана|обновлена"))
    expect(page).to_have_url(EDITOR)


def send_for_review(page: Page) -> None:
    choose_action(page, "Проверка методистом")


def expect_sent(page: Page) -> None:
    expect(page.get_by_text(re.compile("отправлена на модерацию")).first).to_be_visible()


def below(page: Page, editor: str) -> None:
    """To the list of what stands under the page of that editor."""
    page.goto(editor.replace("/edit/", "/"))


def put_block(page: Page, kind: str) -> None:
    """Add a block of that name after the others."""
    page.get_by_title("Вставить блок").last.click()
    page.get_by_role("option", name=kind, exact=True).click()


def write(page: Page, name: str, text: str) -> None:
    page.locator(f"[name={name}]").fill(text)


def write_rich(page: Page, name: str, text: str) -> None:
    """Type into a rich text field; a new one takes the focus only when it stands."""
    field = page.locator("[data-contentpath=body] [contenteditable]").last
    expect(field).to_be_focused()
    page.keyboard.type(text)
    # What is sent is a hidden field, which the editor fills a moment later.
    expect(page.locator(f"[name={name}]")).to_have_value(re.compile(re.escape(text)))


def write_reply(page: Page, line: int, reply: int, text: str, leads_to: str) -> None:
    field = f"lines-{line}-value-replies-{reply}-value"
    if page.locator(f"[name={field}-text]").count() == 0:
        page.get_by_title("Добавить", exact=True).last.click()
    write(page, f"{field}-text", text)
    write(page, f"{field}-next", leads_to)


def write_lesson(page: Page) -> None:
    write(page, "goal", "Начать разговор так, чтобы дверь не закрылась")
    put_block(page, "Заголовок")
    write(page, "body-0-value", "На пороге")
    put_block(page, "Текст")
    write_rich(page, "body-1-value", CALM)
    put_block(page, "Небрежно → бережно")
    write(page, "body-2-value-careless", "Откройте, опека.")
    write(page, "body-2-value-careful", "Здравствуйте. Меня зовут Ольга, я из центра помощи.")


def write_dialogue(page: Page) -> None:
    """A line with two replies and two endings; one reply leads nowhere yet."""
    write(page, "client_name", "Нина Павловна")
    put_block(page, "Реплика клиента")
    write(page, "lines-0-value-key", "дверь")
    write(page, "lines-0-value-text", "Кто там? Я никого не звала.")
    write_reply(page, 0, 0, "Это Ольга из центра помощи. Можно поговорить?", "разговор")
    write_reply(page, 0, 1, "Открывайте, у меня мало времени.", "потом")
    put_block(page, "Концовка")
    write(page, "lines-1-value-key", "разговор")
    write(page, "lines-1-value-title", "Дверь открылась")
    write(page, "lines-1-value-result", "Вы назвали себя и спросили разрешения.")


def mend_dialogue(page: Page) -> None:
    put_block(page, "Концовка")
    write(page, "lines-2-value-key", "потом")
    write(page, "lines-2-value-title", "Дверь закрылась")
    write(page, "lines-2-value-result", "Спешка напугала человека.")


def approve(page: Page, editor: str) -> None:
    page.goto(editor)
    choose_action(page, "^\\s*Одобрить")
    expect(page.get_by_text(re.compile("опубликована|обновлена")).first).to_be_visible()


def open_cohort(page: Page, course: str) -> None:
    page.goto("/cms/")
    page.get_by_role("link", name="Потоки").first.click()
    page.get_by_role("link", name="Добавить", exact=False).first.click()
    page.locator("[name=course]").select_option(label=course)
    write(page, "title", "Пробный поток")
    now = datetime.now()
    write(page, "starts_at", (now - timedelta(days=1)).strftime("%Y-%m-%d %H:%M"))
    write(page, "ends_at", (now + timedelta(days=30)).strftime("%Y-%m-%d %H:%M"))
    page.get_by_label("Томская область").check()
    page.get_by_label(re.compile("Светлова")).check()
    press(page, "Создать")
    expect(page.get_by_text("Пробный поток").first).to_be_visible()


def build_course(trainer: Page) -> list[str]:
    """The course with two modules, a lesson and a dialogue, sent for review; their editors."""
    open_catalog(trainer)
    begin_page(trainer, "Курс", COURSE)
    write(trainer, "summary", "Начать разговор с тем, кто вас не ждал")
    course = keep_draft(trainer)
    send_for_review(trainer)
    expect_sent(trainer)
    editors = [course]
    for number, (kind, title, fill) in enumerate(
        [("Урок", LESSON, write_lesson), ("Диалог", DIALOGUE, write_dialogue)], 1
    ):
        below(trainer, course)
        begin_page(trainer, "Модуль", f"Шаг {number}")
        module = keep_draft(trainer)
        send_for_review(trainer)
        expect_sent(trainer)
        below(trainer, module)
        begin_page(trainer, kind, title)
        fill(trainer)
        editors += [module, keep_draft(trainer)]
        if kind == "Урок":
            trainer.get_by_role("button", name="Переключение проверок").click()
            words = trainer.locator("[data-content-word-count]")
            expect(words).to_have_text(re.compile(r"^\d{2,}$"), timeout=90_000)
        if kind == "Диалог":
            send_for_review(trainer)
            expect(trainer.get_by_text(re.compile("«потом»")).first).to_be_visible()
            mend_dialogue(trainer)
        send_for_review(trainer)
        expect_sent(trainer)
    return editors


def saves_by_itself(request: Request) -> bool:
    """Whether the CMS keeps in the background what is typed; the look at a page is no save."""
    return (
        request.method == "POST"
        and request.resource_type == "fetch"
        and not request.url.endswith("/preview/")
    )


def test_a_draft_is_kept_once_when_the_cms_is_just_saving_it(new_visitor):
    trainer, title = new_visitor(), "Разговор в очереди"
    sign_in(trainer, "trainer@demo.example")
    open_catalog(trainer)
    under_way: list[Route] = []

    def hold_the_first_save(route: Route) -> None:
        if saves_by_itself(route.request) and not under_way:
            under_way.append(route)
        else:
            route.continue_()

    trainer.route("**/cms/pages/add/**", hold_the_first_save)
    begin_page(trainer, "Курс", title)
    for second in range(60):  # the CMS looks for changes from its third second on
        write(trainer, "summary", f"Ждать и не сердиться, {second} с")
        trainer.wait_for_timeout(1000)
        if under_way:
            break
    choose_action(trainer, "Сохранить черновик")
    expect(trainer.get_by_role("button", name="Сохраняем")).to_be_disabled()
    under_way[0].continue_()
    expect_kept(trainer)
    open_catalog(trainer)
    expect(trainer.get_by_role("link", name=title, exact=True)).to_have_count(1)


def test_a_course_is_built_reviewed_opened_and_completed(new_visitor):
    trainer, methodologist, learner = new_visitor(), new_visitor(), new_visitor(width=360)
    sign_in(trainer, "trainer@demo.example")
    editors = build_course(trainer)
    sign_in(methodologist, "methodologist@demo.example")
    for editor in editors:
        approve(methodologist, editor)
    open_cohort(trainer, COURSE)

    # The learner finds it and asks for a place; the trainer gives it.
    sign_in(learner, "boris@demo.example")
    learner.goto("/catalog/")
    learner.get_by_role("link", name=COURSE).click()
    press(learner, "Записаться", exact=False)
    expect(learner.get_by_text("Заявка отправлена.", exact=False)).to_be_visible()
    trainer.goto("/requests/")
    press(trainer, "Принять", exact=False)
    expect(trainer.get_by_text("Место получает", exact=False)).to_be_visible()

    # A lesson with a note, and the dialogue both ways.
    learner.goto("/catalog/")
    learner.get_by_role("link", name=COURSE).click()
    learner.get_by_role("link", name="Начать").click()
    expect(learner.get_by_role("heading", level=1)).to_have_text(LESSON)
    expect(learner.get_by_text("Меня зовут Ольга")).to_be_visible()
    learner.locator("#note-text").fill("Представиться и подождать.")
    expect(learner.get_by_text(re.compile("Сохранено")).first).to_be_visible()
    press(learner, "Отметить прочитанным", exact=False)
    expect(learner.get_by_text("отмечен прочитанным")).to_be_visible()
    expect(learner.get_by_role("heading", level=1)).to_have_text(DIALOGUE)
    learner.get_by_role("radio", name="Открывайте").check()
    press(learner, "Ответить")
    expect(learner.get_by_text("Дверь закрылась").first).to_be_visible()
    press(learner, "Попробовать другую реплику", exact=False)
    learner.get_by_role("radio", name="Это Ольга").check()
    press(learner, "Ответить")
    expect(learner.get_by_text("Дверь открылась").first).to_be_visible()
    learner.goto("/catalog/")
    card = learner.get_by_role("listitem").filter(has_text=COURSE)
    expect(card.get_by_text("Вы прошли его")).to_be_visible()
