"""The whole journey, from an invitation to a certificate, as people make it in their browsers.

Rooms have their own tests of access; here only some pages are checked on the way.
Two learners, a trainer in the CMS, a region's coordinator with the API. No step is done behind
the interface's back.
"""

from __future__ import annotations

import json
import re
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from email import message_from_string
from email.policy import default

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import violations
from tests.browser.people import COURSE, choose_action, fill_in_sheet, press, sign_in
from tests.browser.stack import Stack

pytestmark = pytest.mark.browser
MINUTE_MS = 240_000
"""A minute in the room counts; this is only how long a busy machine may take to count it."""
PLAYS = """async (video) => {
  video.muted = true;
  await video.play();
  await new Promise((done) => video.addEventListener("timeupdate", () => {
    if (video.currentTime > 0.2) done(true);
  }));
}"""


@dataclass(frozen=True)
class Region:
    """The region's own system: knows the address of the API, its key and the cohort."""

    stack: Stack
    key: str
    cohort: str

    def call(self, method: str, path: str, body: dict | None = None) -> tuple[int, dict]:
        request = urllib.request.Request(
            f"{self.stack.url}/api/v1{path}",
            data=None if body is None else json.dumps(body).encode(),
            method=method,
            headers={
                "Authorization": f"Bearer {self.key}",
                "Content-Type": "application/json",
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return response.status, json.load(response)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def enrol(self, number: int, given_name: str, email: str) -> tuple[int, dict]:
        person = {
            "family_name": "Путевая",
            "given_name": given_name,
            "patronymic": "Олеговна",
            "email": email,
        }
        path = f"/cohorts/{self.cohort}/enrolments/by-external-id/hr/{number}"
        return self.call("PUT", path, person)


@pytest.fixture(scope="module")
def region(demo_stack) -> Region:
    access = json.loads((demo_stack.var_dir / "demo.json").read_text())
    return Region(demo_stack, access["api_key"], access["cohort"])


def invitation_link(stack: Stack, email: str) -> str:
    """The link of the letter that came to ``email``."""
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        for path in sorted(stack.mail_dir.glob("*.log")):
            for part in path.read_text().split("-" * 79):
                letter = message_from_string(part.strip(), policy=default)
                if email in str(letter["To"]):
                    text = letter.get_body(["plain"]).get_content()
                    return re.search(r"http\S+/invitation/\S+", text).group()
        time.sleep(0.3)
    raise AssertionError(f"No letter for {email}.\n{stack.log}")


def looked_at(page: Page) -> None:
    """The page passes axe-core and does not scroll sideways."""
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def come_by_invitation(page: Page, link: str, given_name: str) -> None:
    page.goto(link)
    looked_at(page)
    press(page, "Войти и начать")
    expect(page.get_by_role("heading", level=1)).to_contain_text(given_name)
    expect(page.get_by_role("heading", name="Ваш следующий шаг")).to_be_visible()


def answer_questionnaire(page: Page, words: str) -> None:
    """From the home page through the questionnaire, every statement answered with ``words``."""
    page.goto("/learn/")
    page.locator(".card--next .button").click()
    expect(page.get_by_role("button", name="Начать", exact=True)).to_be_visible()
    for box in page.get_by_role("checkbox").all():
        box.check()
    press(page, "Начать")
    expect(page.get_by_text("Вопрос 1 из 24", exact=True)).to_be_visible()
    for number in range(1, 25):
        expect(page.get_by_text(f"Вопрос {number} из 24", exact=True)).to_be_visible()
        page.get_by_label(words, exact=True).check()
        press(page, "Продолжить")
    expect(page.get_by_role("heading", name="Проверьте ответы")).to_be_visible()
    press(page, "Отправить ответы")
    expect(page.get_by_role("heading", name="Спасибо, ответы отправлены")).to_be_visible()
    looked_at(page)


def read_lessons_until(page: Page, title: str) -> None:
    """Read and mark lessons, as the next step says, until it names ``title``."""
    for _ in range(8):
        page.goto("/learn/")
        step = page.locator(".card--next .lead").inner_text()
        if step == title:
            return
        page.locator(".card--next .button").click()
        expect(page.get_by_role("heading", level=1)).to_have_text(step)
        press(page, "Отметить прочитанным", exact=False)
        expect(page.get_by_text("отмечен прочитанным")).to_be_visible()
    raise AssertionError(f"“{title}” never became the next step")


def play_round(specialist: Page, client: Page, number: int) -> None:
    """One round of the practicum: ready, talk, finish, feedback of the client."""
    for page in (specialist, client):
        expect(page.get_by_role("heading", level=1)).to_contain_text(
            f"Раунд {number} из 2: подготовка"
        )
    expect(specialist.get_by_text("Ваша роль — специалист")).to_be_visible()
    expect(client.get_by_text("Ваша роль — клиент")).to_be_visible()
    press(specialist, "Всё готово, начинаем")
    press(client, "Всё готово, начинаем")
    for page in (specialist, client):
        expect(page.get_by_role("heading", level=1)).to_contain_text("разговор")
    client.get_by_label("Ваша реплика").fill(f"Мне отказали! Раунд {number}")
    press(client, "Сказать")
    expect(specialist.get_by_text(f"Мне отказали! Раунд {number}")).to_be_visible()
    specialist.get_by_label("Ваша реплика").fill(f"Обидно. Давайте посмотрим вместе {number}")
    press(specialist, "Сказать")
    expect(client.get_by_text(f"Обидно. Давайте посмотрим вместе {number}")).to_be_visible()
    press(specialist, "Завершить разговор")
    press(client, "Завершить разговор")
    expect(client.get_by_role("heading", name="Лист наблюдения")).to_be_visible()
    if number == 1:
        press(client, "Отправить обратную связь")
        expect(client.get_by_role("heading", name="Кое-чего не хватает")).to_be_visible()
    fill_in_sheet(client, "Вы назвали обиду и не спорили.")
    fill_in_sheet(specialist, "Мне удалось не торопиться.")
    for page in (specialist, client):
        expect(page.get_by_role("heading", level=1)).to_contain_text("читаем обратную связь")
        expect(page.get_by_text("Вы назвали обиду и не спорили.")).to_be_visible()
    for page in (specialist, client):
        press(page, "Прочитано, идём дальше")


def finish_practicum(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("Разбор")
    expect(page.get_by_text("Вы назвали обиду и не спорили.")).to_be_visible()
    page.get_by_label("Как это было для вас?").fill("Непросто, но тепло.")
    page.get_by_label("Что вы заметили?").fill("Пауза помогает.")
    page.get_by_label("Что вы попробуете на этой неделе?").fill("Начинать с чувства.")
    press(page, "Завершить практикум")
    expect(page.get_by_text("Вы завершили практикум")).to_be_visible()


def test_from_the_invitation_to_the_certificate(demo_stack, region, new_visitor):
    anna, inga, trainer = new_visitor(), new_visitor(width=360, height=740), new_visitor()

    # 1. The region enrols two people by one call each; they come by the link of the letter.
    enrolments = {}
    for number, (page, name) in enumerate([(anna, "Анна"), (inga, "Инга")], 1001):
        email = f"journey-{number}@example.org"
        status, answer = region.enrol(number, name, email)
        assert (status, answer["outcome"]) == (201, "created")
        assert region.enrol(number, name, email)[1]["outcome"] == "unchanged"
        enrolments[name] = answer["enrolment"]["id"]
        come_by_invitation(page, invitation_link(demo_stack, email), name)

    # 2. The catalogue and the programme with its reasons.
    anna.goto("/catalog/")
    anna.get_by_role("link", name="Бережная коммуникация").click()
    expect(anna.get_by_text("Откроется после шага: Анкета «до»").first).to_be_visible()

    # 3a. The questionnaire before, and the lessons up to the webinar.
    for page in (anna, inga):
        answer_questionnaire(page, "Редко")
    anna.goto(f"{COURSE}uslyshat-cheloveka/pauza-pered-otvetom/")
    assert anna.locator("video").evaluate("video => video.textTracks.length") == 1
    anna.locator("video").evaluate(PLAYS)
    check = anna.locator("form.self-check").first
    check.get_by_role("radio").first.check()
    check.get_by_role("button", name="Проверить себя").click()
    expect(check.get_by_role("status")).not_to_be_empty()
    webinar_title = _title_of(anna, "vebinar-trudnye-razgovory")
    for page in (anna, inga):
        read_lessons_until(page, webinar_title)

    for path in ("/learn/", "/calendar/", "/learn/reminders/"):
        anna.goto(path)

    # 3b. The webinar: chat, presence, a poll that the trainer opens, attendance.
    sign_in(trainer, "trainer@demo.example")
    trainer.goto(f"{COURSE}ostatsya-soboy/vebinar-trudnye-razgovory/")
    trainer.get_by_role("link", name="Перейти в комнату").first.click()
    for page in (anna, inga):
        page.goto("/learn/")
        page.locator(".card--next .button").click()
        expect(page.get_by_label("Ваше сообщение")).to_be_visible()
    anna.get_by_label("Ваше сообщение").fill("Здравствуйте! Я из Томска.")
    press(anna, "Отправить", exact=False)
    for page in (inga, trainer):
        expect(page.get_by_text("Здравствуйте! Я из Томска.")).to_be_visible()
    expect(inga.locator(".people__count").first).to_have_text("3")
    for page in (trainer, anna, inga):
        page.get_by_role("tab", name="Опросы", exact=True).click()
    poll = trainer.locator(".poll").filter(has_text="Какие минуты в разговоре")
    poll.get_by_role("button", name="Открыть опрос").click()
    for page in (anna, inga):
        page.locator(".polls__list").get_by_role("radio").first.check()
        press(page, "Ответить")
        expect(page.get_by_text("Ваш ответ:")).to_be_visible()
    press(trainer, "Завершить опрос и показать итог", exact=False)
    expect(anna.locator(".polls__list").get_by_text("Опрос завершён")).to_be_visible()
    # While their minute runs, the trainer edits a lesson, and the methodologist approves it.
    at_the_desk = trainer.context.new_page()
    edit_lesson(at_the_desk)
    at_the_desk.close()
    approve_lesson(new_visitor())
    for page in (anna, inga):
        expect(page.locator(".attendance__done")).to_be_visible(timeout=MINUTE_MS)

    # 3c. The rest of the lessons and the practicum in two browsers.
    practicum_title = _title_of(anna, "praktikum-otkazali-v-vyplate")
    for page in (anna, inga):
        read_lessons_until(page, practicum_title)
    for page in (anna, inga):
        page.goto("/learn/")
        page.locator(".card--next .button").click()
        looked_at(page)
        page.get_by_role("checkbox").check()
        press(page, "Найти группу", exact=False)
        if page is anna:
            expect(page.get_by_text("Мы ждём вашу группу")).to_be_visible()
    expect(anna.get_by_role("link", name="Перейти в практикум")).to_be_visible()
    anna.get_by_role("link", name="Перейти в практикум").click()
    play_round(anna, inga, 1)
    play_round(inga, anna, 2)
    for page in (anna, inga):
        finish_practicum(page)
    for page in (anna, inga):  # the first one's page moves on by itself when the second ends
        expect(page.get_by_role("heading", level=1)).to_have_text("Практикум завершён")

    # 3d and 4. The questionnaire after, and one's own change in words.
    answer_questionnaire(anna, "Часто")
    anna.get_by_role("link", name="Что изменилось").click()
    expect(anna.get_by_text("По шкале «Слышу чувства» было").first).to_be_visible()
    expect(anna.locator("svg.chart")).to_be_visible()
    looked_at(anna)
    anna.set_viewport_size({"width": 360, "height": 740})

    # 5. The certificate, and its check by anyone.
    anna.goto("/certificates/")
    expect(anna.get_by_label("Кому выдан?")).to_have_value("Путевой Анне Олеговне")
    press(anna, "Всё верно, выдать сертификат")
    expect(anna.get_by_role("link", name="Скачать PDF")).to_be_visible()
    looked_at(anna)
    with anna.expect_download() as download:
        anna.get_by_role("link", name="Скачать PDF").click()
    assert download.value.path().read_bytes().startswith(b"%PDF-")
    public = anna.get_by_role("link", name="Открытая страница сертификата").get_attribute("href")
    passer_by = new_visitor()
    passer_by.goto(public)
    expect(passer_by.get_by_text("Сертификат действителен")).to_be_visible()
    expect(passer_by.get_by_text("Путевая Анна Олеговна")).to_be_visible()
    looked_at(passer_by)

    # 6. The region reads progress and certificate back; a learner sees what the trainer edited.
    status, progress = region.call("GET", f"/enrolments/{enrolments['Анна']}/progress")
    assert status == 200, progress
    assert progress["percent"] == 100, progress
    status, certificates = region.call("GET", f"/certificates?enrolment={enrolments['Анна']}")
    assert status == 200, certificates
    assert certificates["items"][0]["number"].startswith("БК-")
    inga.goto(f"{COURSE}uslyshat-cheloveka/chuvstvo-za-slovami/")
    expect(inga.get_by_text("Цель, которую поправил тренер.")).to_be_visible()


def _title_of(page: Page, slug: str) -> str:
    """The title of an activity as the course page shows it."""
    page.goto(COURSE)
    return TITLES[slug]


def _titles() -> dict[str, str]:
    from lms.demo.content.course import MODULES

    return {a["slug"]: a["title"] for module in MODULES for a in module["activities"]}


TITLES = _titles()


def open_in_cms(page: Page, title: str) -> None:
    page.goto(f"/cms/pages/search/?q={title.replace(' ', '+')}")
    page.get_by_role("link", name=title).first.click()


def edit_lesson(trainer: Page) -> None:
    """Find the lesson in the CMS, change its goal, submit it for review."""
    open_in_cms(trainer, "Чувство за словами")
    trainer.locator("#id_goal").fill("Цель, которую поправил тренер.")
    choose_action(trainer, "Проверка методистом")
    expect(trainer.get_by_text(re.compile("отправлена на модерацию")).first).to_be_visible()


def approve_lesson(methodologist: Page) -> None:
    """Read what was submitted and approve it, so that it is published."""
    sign_in(methodologist, "methodologist@demo.example")
    open_in_cms(methodologist, "Чувство за словами")
    choose_action(methodologist, "^\\s*Одобрить")
    expect(methodologist.get_by_text(re.compile("обновлена")).first).to_be_visible()


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/invitation/no-such-token/", 404, "Мы не знаем такой ссылки"),
        ("/v/0000-0000-0000/", 404, "не выдавали"),
        ("/v/NOT-A-CODE/", 400, "ошибка"),
        ("/nowhere/", 404, "Такой страницы нет"),
    ],
)
def test_wrong_addresses_say_what_to_do(new_visitor, path, status, words):
    page = new_visitor(width=360)
    assert page.goto(path).status == status
    expect(page.get_by_text(words).first).to_be_visible()
    looked_at(page)


def test_a_region_gets_problems_in_russian(region):
    status, problem = region.call(
        "PUT",
        "/cohorts/00000000-0000-0000-0000-000000000000/enrolments/by-external-id/hr/1",
        {"family_name": "А", "given_name": "Б"},
    )
    assert status == 404
    assert problem["status"] == 404
    assert re.search("[а-я]", problem["title"])
    path = f"/cohorts/{region.cohort}/enrolments/by-external-id/hr/2"
    status, problem = region.call("PUT", path, {"family_name": 5})
    assert status in (400, 422)
    assert problem["errors"]
