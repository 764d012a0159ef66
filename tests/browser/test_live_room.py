"""A whole webinar as people live it: a trainer and three participants, two of them on phones.

Everything that can be done in a room is done by somebody and seen by the others.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import violations
from tests.browser.live import Meeting, make_meeting
from tests.browser.people import Line, press, sees, wait_until
from tests.browser.stack import Stack

pytestmark = pytest.mark.browser


@pytest.fixture
def meeting(demo_stack: Stack) -> Meeting:
    return make_meeting(demo_stack.environment)


@pytest.fixture
def people(meeting, new_visitor, demo_stack) -> list[Page]:
    """The trainer at a desk, Anna on a phone, Boris at a desk, Vera on a phone."""
    pages = []
    for who, width in enumerate((1280, 360, 1280, 360)):
        page = new_visitor(width=width, height=900 if width > 400 else 740)
        meeting.sign_in(page.context, who, demo_stack.url)
        page.add_init_script(HEARD)
        pages.append(page)
    return pages


def tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=re.compile(f"^{name}")).click()


def panel(page: Page) -> Locator:
    return page.locator("[role=tabpanel]:visible")


def open_tool(page: Page, name: str) -> Locator:
    """One of the host's folded tools, unfolded."""
    tool = page.locator(".lead-tools details").filter(has=page.get_by_text(name, exact=True))
    if not tool.evaluate("element => element.open"):
        tool.locator("summary").click()
    return tool


def looked_at(page: Page) -> None:
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def say(page: Page, text: str) -> None:
    field = page.locator("#chat-text-main")
    field.fill(text)
    field.press("Enter")


def act_on(page: Page, text: str, what: str) -> None:
    """Do something with the message that says ``text``, once one may."""
    message = page.locator(".message").filter(has_text=text).first
    expect(message.locator("button", has_text=what).first).to_be_attached()
    message.locator(".message__menu summary").click()
    message.get_by_role("button", name=what, exact=True).click()


def test_everything_that_people_do_in_a_room(meeting, people):
    trainer, anna, boris, vera = people
    in_the_lobby(meeting, trainer, anna, boris, vera)
    on_the_stage(trainer, anna)
    in_the_chat(trainer, anna, boris)
    with_questions(trainer, anna, boris)
    with_polls(trainer, anna, boris, vera)
    with_hands_and_reactions(trainer, anna, vera)
    with_feelings(trainer, anna)
    on_the_floor(trainer, boris)
    in_groups(trainer, [anna, boris, vera])
    with_notes_and_desk(trainer, anna, boris)
    with_people(trainer, boris, vera)
    after_the_end(trainer, anna)


HEARD = """
const send = WebSocket.prototype.send;
WebSocket.prototype.send = function (text) {
  window.lastSocket = this;
  const frame = JSON.parse(text);
  const forgets = frame.t === "hello" && !window.knowsItsPlace;
  send.call(this, forgets ? JSON.stringify({ ...frame, resume: {} }) : text);
};
"""
"""A browser whose place in the room is too old after a break, so that it gets all anew."""
SLIDES = re.compile(r"/slides/?$")

BROKEN_OFF = """() => {
  const { client } = document.querySelector("live-room");
  window.isBack = false;
  const back = () => setTimeout(() => { window.isBack = true; });
  client.addEventListener("snap", back, { once: true });
  window.lastSocket.close();
}"""


def break_off(page: Page) -> None:
    """Lose the connection, come back and get the whole room anew."""
    page.evaluate(BROKEN_OFF)
    wait_until(page, "() => window.isBack")


def in_the_lobby(meeting: Meeting, trainer: Page, *learners: Page) -> None:
    for page in learners:
        page.goto(meeting.page)
        expect(page.get_by_role("heading", level=1)).to_have_text("Разбираем трудные разговоры")
    anna = learners[0]
    on_a_slow_line(anna)
    expect(anna.get_by_text("Знакомство, разбор, практика")).to_be_visible()
    looked_at(anna)
    trainer.goto(meeting.host)
    looked_at(trainer)
    anna.route(SLIDES, lambda route: route.abort())
    press(trainer, "Открыть вебинар", exact=False)
    expect(trainer.get_by_text("Вебинар открыт").first).to_be_visible()
    for page in learners:
        expect(page.locator("#chat-text-main")).to_be_visible()
        looked_at(page)
    slides_that_did_not_come(anna)


def on_a_slow_line(anna: Page) -> None:
    """Asked about the connection before the room has answered, the page says nothing untrue."""
    line = Line(anna)
    line.hold()
    anna.reload()
    expect(anna.locator(".lobby__left")).not_to_be_empty()
    press(anna, "Проверить связь и звук")
    said = anna.locator(".lobby__said")
    expect(said).to_contain_text("услышать короткий сигнал")
    expect(said.locator("p")).to_have_count(1)
    line.let_through()
    expect(said).to_contain_text("Связь с комнатой есть.")


def slides_that_did_not_come(anna: Page) -> None:
    """They come with the next connection, though the room has nothing new to tell."""
    picture = anna.locator(".stage__picture")
    expect(picture).to_be_attached()
    assert not picture.get_attribute("src")
    anna.unroute(SLIDES)
    anna.evaluate("() => { window.knowsItsPlace = true; window.lastSocket.close(); }")
    expect(picture).to_have_attribute("src", re.compile(".+"))
    anna.evaluate("() => { window.knowsItsPlace = false; }")


def on_the_stage(trainer: Page, anna: Page) -> None:
    expect(trainer.locator(".stage__picture")).to_be_visible()
    trainer.locator(".stage__on").click()
    expect(anna.locator(".stage__page")).to_have_text("Слайд 2 из 3")
    anna.locator(".stage__back").click()
    expect(anna.locator(".stage__page")).to_have_text("Слайд 1 из 3")
    anna.get_by_text("Слайд текстом").click()
    expect(anna.locator(".stage__text")).to_contain_text("Сначала слушаем")
    press(anna, "К слайду ведущего")
    expect(anna.locator(".stage__text")).to_contain_text("Называем чувство")
    looked_at(anna)

    stage = open_tool(trainer, "На сцене")
    stage.get_by_role("button", name="Видео: Пауза").click()
    expect(trainer.locator(".stage video")).to_be_visible()
    expect(anna.locator(".stage video")).to_be_visible()
    trainer.locator(".stage video").evaluate("video => { video.muted = true; video.play(); }")
    anna.locator(".stage video").evaluate("video => { video.muted = true; }")
    expect(anna.get_by_text("Смотрим вместе: Пауза")).to_be_visible()
    anna.wait_for_function(
        """() => {
          const start = document.querySelector(".stage__start");
          if (!start.hidden) start.click();
          return document.querySelector(".stage video").currentTime > 0.3;
        }"""
    )
    trainer.locator(".stage video").evaluate("video => video.pause()")
    expect(anna.get_by_text("Ведущий остановил: Пауза")).to_be_visible()
    changing_their_mind(trainer, anna)
    stage.get_by_label("Ссылка на трансляцию").fill("https://video.example.org/room")
    stage.get_by_role("button", name="Показать ссылку").click()
    expect(anna.get_by_role("link", name="Открыть трансляцию")).to_be_visible()
    looked_at(anna)
    stage.get_by_role("button", name="Слайды").click()
    expect(anna.locator(".stage__picture")).to_be_visible()


STARTS_LATE = """(video) => {
  const play = video.play.bind(video);
  video.play = async () => {
    await play().catch(() => {});
    await new Promise((done) => setTimeout(done, 1000));
    setTimeout(() => { window.hasStarted = true; });
  };
}"""
"""On an old computer the room's next word may come before the video has begun."""


def changing_their_mind(trainer: Page, anna: Page) -> None:
    """A host who stops what they have just started, before the room has told of the start."""
    anna.locator(".stage video").evaluate(STARTS_LATE)
    told = trainer.evaluate(
        """async () => {
          const { client } = document.querySelector("live-room");
          const video = document.querySelector(".stage video");
          const told = [];
          client.addEventListener("ev", ({ detail }) => {
            const isOlder = !told.length && !detail.d.playing;
            if (detail.y === "stage.changed" && !isOlder) told.push(detail.d.playing);
          });
          const pressed = (name) =>
            new Promise((done) => video.addEventListener(name, done, { once: true }));
          const started = pressed("play");
          video.play().catch(() => {});
          await started;
          const stopped = pressed("pause");
          video.pause();
          await stopped;
          for (let waits = 0; told.length < 2 && waits < 3000; waits += 1)
            await new Promise((done) => setTimeout(done, 20));
          return [...told, video.paused];
        }"""
    )
    assert told == [True, False, True]
    wait_until(anna, "() => window.hasStarted")
    expect(anna.get_by_text("Ведущий остановил: Пауза")).to_be_visible()


def in_the_chat(trainer: Page, anna: Page, boris: Page) -> None:
    say(anna, "Здравствуйте, я Анна")
    expect(boris.locator(".message").filter(has_text="я Анна")).to_be_visible()
    act_on(boris, "я Анна", "Ответить")
    say(boris, "Привет, Анна!")
    expect(anna.locator(".message__reply")).to_contain_text("Здравствуйте, я Анна")
    act_on(boris, "Привет, Анна!", "Изменить")
    field = boris.locator("#chat-text-main")
    expect(field).to_have_value("Привет, Анна!")
    field.fill("Привет, дорогая Анна!")
    field.press("Enter")
    expect(anna.get_by_text("Привет, дорогая Анна!")).to_be_visible()
    expect(field).to_have_value("")  # his page has heard it, too
    who_writes(anna, boris)
    act_on(trainer, "дорогая Анна", "Скрыть")
    expect(anna.get_by_text("Скрыто модератором.")).to_be_visible()
    expect(anna.get_by_text("Привет, дорогая Анна!")).to_have_count(0)
    act_on(trainer, "дорогая Анна", "Показать снова")
    expect(anna.get_by_text("Привет, дорогая Анна!")).to_be_visible()
    say(anna, "Это я сотру")
    expect(boris.get_by_text("Это я сотру")).to_be_visible()
    act_on(boris, "Это я сотру", "Ответить")
    say(boris, "Почему?")
    expect(anna.locator(".message__reply").last).to_contain_text("Это я сотру")
    act_on(anna, "Это я сотру", "Удалить")
    expect(boris.get_by_text("Это я сотру")).to_have_count(0)
    pace = open_tool(trainer, "Темп чата")
    pace.get_by_label("Между двумя сообщениями").select_option("10")
    pace.get_by_role("button", name="Установить").click()
    expect(anna.locator(".chat__slow")).to_contain_text("одно сообщение в 10 секунд")
    pace.get_by_label("Между двумя сообщениями").select_option("0")
    pace.get_by_role("button", name="Установить").click()
    expect(anna.locator(".chat__slow")).to_be_hidden()
    looked_at(anna)


def who_writes(anna: Page, boris: Page) -> None:
    """Told while he writes, and not again once he has said it."""
    field = boris.locator("#chat-text-main")
    with sees(anna, "Печатает: Борис"):
        field.press_sequentially("Пишу долго и подробно", delay=400)  # told once in some seconds
    anna.evaluate(
        """() => {
          const { client } = document.querySelector("live-room");
          window.isTold = false;
          window.told = new Promise((done) => client.addEventListener("ev", ({ detail }) => {
            if (detail.y !== "chat.sent") return;
            const items = { [detail.a.id]: detail.a.n };
            const late = { y: "typing", d: { items } };
            setTimeout(() => {
              client.dispatchEvent(new CustomEvent("st", { detail: late }));
              window.isTold = true;
              done(document.querySelector("live-chat .chat__typing").textContent);
            });
          }));
        }"""
    )
    field.press("Enter")
    wait_until(anna, "() => window.isTold")
    assert anna.evaluate("() => window.told") == ""


def with_questions(trainer: Page, anna: Page, boris: Page) -> None:
    for page in (trainer, anna, boris):
        tab(page, "Вопросы")
    anna.get_by_label("Ваш вопрос ведущему").fill("Как начать разговор?")
    anna.get_by_role("button", name="Спросить", exact=True).click()
    boris.get_by_label("Ваш вопрос ведущему").fill("Что, если кричат?")
    boris.get_by_label("Спросить без имени").check()
    boris.get_by_role("button", name="Спросить", exact=True).click()
    nameless = anna.locator(".question").filter(has_text="Что, если кричат?")
    expect(nameless).to_contain_text("без имени")
    nameless.get_by_role("button", name="Мне тоже интересно").click()
    expect(trainer.locator(".question").filter(has_text="кричат")).to_contain_text("Хотят знать: 1")
    expect(trainer.locator(".question").first).to_contain_text("кричат")
    asked = trainer.locator(".question").filter(has_text="Как начать")
    asked.get_by_role("button", name="Отвечено вслух").click()
    expect(anna.locator(".question").filter(has_text="Как начать")).to_contain_text("вслух")
    other = trainer.locator(".question").filter(has_text="кричат")
    other.get_by_text("Ответить письменно").click()
    other.get_by_label("Ответ для всех").fill("Сделайте паузу.")
    break_off(trainer)
    expect(other.get_by_label("Ответ для всех")).to_have_value("Сделайте паузу.")
    other.get_by_role("button", name="Отправить").click()
    expect(boris.get_by_text("Сделайте паузу.")).to_be_visible()
    looked_at(anna)
    looked_at(trainer)


def with_polls(trainer: Page, anna: Page, boris: Page, vera: Page) -> None:
    for page in (trainer, anna, boris, vera):
        tab(page, "Опросы")
    trainer.get_by_role("button", name="Открыть опрос").click()
    for page, choice in ((anna, "Крик"), (boris, "Крик"), (vera, "Слёзы")):
        page.get_by_label(choice).check()
        if page is anna:
            break_off(anna)
            expect(anna.get_by_label(choice)).to_be_checked()
        press(page, "Ответить")
        expect(page.get_by_text(f"Ваш ответ: {choice}.")).to_be_visible()
    expect(trainer.locator(".poll").first).to_contain_text("Крик 2 (67 %)")
    looked_at(anna)
    press(trainer, "Завершить опрос", exact=False)
    expect(anna.locator(".poll").first).to_contain_text("Крик 2 (67 %)")

    ask_poll(trainer, "Что помогает?", "несколько вариантов", ["Вдох", "Вода", "Шутка"], live=True)
    anna.get_by_label("Вдох").check()
    anna.get_by_label("Вода").check()
    press(anna, "Ответить")
    expect(boris.locator(".poll").first.get_by_text("Ответов пока: 1", exact=False)).to_be_visible()
    press(trainer, "Завершить опрос", exact=False)

    ask_poll(trainer, "Насколько ясно?", "шкала", ["1", "2", "3"], anonymous=False)
    boris.get_by_label("3", exact=True).check()
    expect(boris.get_by_text("Не анонимно", exact=False)).to_be_visible()
    press(boris, "Ответить")
    expect(boris.get_by_text("Ваш ответ: 3.")).to_be_visible()
    press(trainer, "Завершить опрос", exact=False)

    ask_poll(trainer, "Слово дня", "облако слов", [])
    for page, word in ((anna, "Бережно"), (vera, "бережно"), (boris, "пауза")):
        page.get_by_label("Слово 1").fill(word)
        press(page, "Ответить")
        expect(page.locator(".poll").first.get_by_text("Ваш ответ:")).to_be_visible()
    cloud = trainer.locator(".poll__cloud").first
    expect(cloud).to_contain_text("бережно")
    expect(cloud.locator("li").first).to_contain_text("2")
    looked_at(trainer)
    press(trainer, "Завершить опрос", exact=False)
    expect(vera.locator(".poll__cloud").first).to_contain_text("пауза")
    looked_at(vera)


def ask_poll(
    trainer: Page,
    question: str,
    kind: str,
    options: list[str],
    *,
    live: bool = False,
    anonymous: bool = True,
) -> None:
    form = trainer.locator("form.polls__new")
    if not form.is_visible():
        trainer.get_by_text("Спросить о другом").click()
    form.get_by_label("Вопрос", exact=True).fill(question)
    form.get_by_label("Вид ответа").select_option(label=kind)
    if options:
        form.get_by_label("Варианты").fill("\n".join(options))
    form.get_by_label("Анонимно").set_checked(anonymous)
    form.get_by_label("Показывать результат").set_checked(live)
    press(trainer, "Подготовить опрос", exact=False)
    draft = trainer.locator(".poll").filter(has_text=question)
    draft.get_by_role("button", name="Открыть опрос").click()


def with_hands_and_reactions(trainer: Page, anna: Page, vera: Page) -> None:
    tab(trainer, "Люди")
    for page, place in ((vera, 1), (anna, 2)):
        press(page, "Поднять руку", exact=False)
        expect(page.get_by_role("button", name=f"вы {place}-й в очереди")).to_be_visible()
    expect(trainer.locator(".people__hands li").first).to_contain_text("Вера")
    trainer.get_by_role("button", name="Опустить руку: Вера").click()
    expect(anna.get_by_role("button", name="вы 1-й в очереди")).to_be_visible()
    press(anna, "Опустить руку", exact=False)
    expect(trainer.get_by_text("Поднятых рук нет.")).to_be_visible()
    anna.get_by_text("Реакция", exact=True).click()
    looked_at(anna)
    with sees(trainer, "Поддерживаю · 1"):
        press(anna, "Поддерживаю")


def with_feelings(trainer: Page, anna: Page) -> None:
    tool = open_tool(trainer, "Самочувствие")
    tool.get_by_role("button", name="Спросить: прямо сейчас").click()
    expect(anna.get_by_text("Как вы себя чувствуете сейчас?")).to_be_visible()
    looked_at(anna)
    card = anna.locator(".checkin")
    card.get_by_label("Напряжённо").check()
    card.get_by_role("button", name="Ответить").click()
    expect(anna.get_by_text("Спасибо, записано: Напряжённо.")).to_be_visible()
    expect(card.get_by_role("button", name="Изменить ответ")).to_be_visible()
    expect(tool).to_contain_text("Ответов пока: 1")
    expect(tool).to_contain_text("Покажем, когда ответят не меньше пяти")
    tool.get_by_role("button", name="Закончить опрос").click()
    expect(card).to_be_hidden()


def on_the_floor(trainer: Page, boris: Page) -> None:
    open_tool(trainer, "Объявление").get_by_role("textbox").fill("Перерыв до 12:00")
    press(trainer, "Объявить")
    expect(boris.locator(".announcement").first).to_have_text("Перерыв до 12:00")
    captions = open_tool(trainer, "Субтитры").get_by_role("textbox")
    captions.fill("Сегодня говорим о паузе.")
    captions.press("Enter")
    expect(boris.locator(".captions__lines")).to_contain_text("Сегодня говорим о паузе.")
    timer = open_tool(trainer, "Таймер")
    timer.get_by_label("На что").fill("Упражнение")
    timer.get_by_role("button", name="Запустить").click()
    expect(boris.locator(".timer").first).to_contain_text(re.compile(r"Упражнение: осталось [45]:"))
    looked_at(boris)
    timer.get_by_role("button", name="Остановить таймер").click()
    expect(boris.locator(".timer").first).to_be_hidden()


def in_groups(trainer: Page, learners: list[Page]) -> None:
    tab(trainer, "Группы")
    board = trainer.locator("live-board")
    board.get_by_label("Сколько групп").fill("2")
    board.get_by_label("Задание группам").fill("Разыграйте первый разговор")
    board.get_by_role("button", name="Разделить присутствующих").click()
    expect(board.locator(".board__people > li")).to_have_count(3)
    looked_at(trainer)
    board.get_by_role("button", name="Начать").click()
    for page in learners:
        tab(page, "Группы")
        expect(page.get_by_text("Разыграйте первый разговор")).to_be_visible()
    together = [page for page in learners if page.get_by_text("С вами:").count()]
    assert len(together) == 2
    one, other = together
    one.locator("#chat-text-group").fill("Начнём вдвоём")
    one.locator("#chat-text-group").press("Enter")
    expect(other.locator(".group").get_by_text("Начнём вдвоём")).to_be_visible()
    (alone,) = [page for page in learners if page not in together]
    expect(alone.get_by_text("Начнём вдвоём")).to_have_count(0)
    expect(one.locator(".group .timer")).to_contain_text("осталось")
    one.locator("#note-text-group").fill("Сначала назвать себя")
    press(one, "Добавить строку")
    expect(other.locator(".group .note")).to_contain_text("Сначала назвать себя")
    looked_at(one)

    one.get_by_role("button", name="Позвать ведущего").click()
    expect(board.get_by_text("зовёт ведущего")).to_be_visible()
    calling = board.locator(".board__group--help")
    calling.get_by_role("button", name="Войти в группу").click()
    expect(trainer.locator(".group").get_by_text("Начнём вдвоём")).to_be_visible()
    press(trainer, "Выйти из группы")
    one.get_by_role("button", name="Отменить").click()
    expect(board.get_by_text("зовёт ведущего")).to_have_count(0)

    board.get_by_label("Всем группам").fill("Осталось пять минут")
    board.get_by_role("button", name="Отправить").click()
    for page in learners:
        expect(page.locator(".group .announcement")).to_have_text("Осталось пять минут")
    # Whoever was alone is moved to the others.
    mover = board.get_by_label(re.compile("Группа участника")).locator("visible=true")
    sizes = board.locator(".board__group").evaluate_all(
        "groups => groups.map((group) => group.querySelectorAll('.board__people > li').length)"
    )
    lonely = board.locator(".board__group").nth(sizes.index(1))
    lonely.locator(".board__mover").select_option(str(sizes.index(2) + 1))
    expect(alone.locator(".group").get_by_text("Начнём вдвоём")).to_be_visible()
    expect(mover).to_have_count(3)
    board.get_by_role("button", name="Закончить работу в группах").click()
    for page in learners:
        expect(page.locator(".groups__results")).to_contain_text("Сначала назвать себя")
        expect(page.locator(".group")).to_be_hidden()


def with_notes_and_desk(trainer: Page, anna: Page, boris: Page) -> None:
    for page in (trainer, anna):
        tab(page, "Заметки")
    line = anna.locator("#note-text-main")
    line.fill("Пауза — это тоже ответ")
    # Pressed twice, and more is typed before the answer comes: one line, and nothing is wiped.
    line.evaluate(
        """(field) => {
          field.form.requestSubmit();
          field.form.requestSubmit();
          field.value = "И ещё";
        }"""
    )
    expect(panel(trainer).locator(".note")).to_contain_text(["Пауза — это тоже ответ"])
    expect(line).to_have_value("И ещё")
    line.fill("")
    panel(anna).get_by_role("button", name="Изменить строку", exact=False).click()
    changed = panel(anna).get_by_label("Изменение текста")
    changed.fill("Пауза — тоже ответ")
    break_off(anna)
    expect(changed).to_have_value("Пауза — тоже ответ")
    panel(anna).get_by_role("button", name="Сохранить").click()
    expect(panel(trainer).locator(".note")).to_contain_text("Пауза — тоже ответ")
    looked_at(anna)
    tab(anna, "Ведущему")
    anna.locator("#desk-text").fill("Мне сегодня тяжело")
    panel(anna).get_by_role("button", name="Отправить").click()
    tab(trainer, "Ведущим")
    said = panel(trainer).locator(".message").filter(has_text="Мне сегодня тяжело")
    expect(said).to_contain_text("Анна")
    said.locator("summary").click()
    said.get_by_role("textbox").fill("Я рядом, отдохните")
    break_off(trainer)
    expect(said.get_by_role("textbox")).to_have_value("Я рядом, отдохните")
    said.get_by_role("button", name="Отправить").click()
    expect(panel(anna).get_by_text("Я рядом, отдохните")).to_be_visible()
    assert boris.get_by_text("Мне сегодня тяжело").count() == 0
    looked_at(trainer)


def with_people(trainer: Page, boris: Page, vera: Page) -> None:
    tab(trainer, "Люди")
    press(trainer, "Все по именам")
    member = decide_about(trainer, "Борис")
    member.get_by_role("button", name="Отключить сообщения").click()
    expect(member.get_by_role("button", name="Разрешить писать")).to_be_visible()
    tab(boris, "Чат")
    say(boris, "Слышно меня?")
    silenced = boris.get_by_text("Ведущий отключил вам сообщения в чате", exact=False)
    expect(silenced.first).to_be_attached()
    again = boris.get_by_role("button", name="Исправить и отправить снова")
    expect(again).to_be_visible()
    expect(trainer.get_by_text("Слышно меня?")).to_have_count(0)
    member.get_by_role("button", name="Разрешить писать").click()
    expect(member.get_by_role("button", name="Отключить сообщения")).to_be_visible()
    again.click()
    say(boris, "Снова с вами")
    expect(trainer.locator(".message").filter(has_text="Снова с вами")).to_have_count(1)
    member.get_by_label("Роль").select_option(label="модератор")
    expect(boris.locator(".people__tools")).not_to_have_attribute("hidden", "")
    act_on(boris, "я Анна", "Скрыть")
    captions = open_tool(boris, "Субтитры").get_by_role("textbox")
    captions.fill("Эту строку печатает модератор.")
    captions.press("Enter")
    expect(trainer.locator(".captions__lines")).to_contain_text("печатает модератор")
    expect(boris.get_by_text("На сцене", exact=True)).to_be_hidden()
    expect(vera.get_by_text("Скрыто модератором.")).to_be_attached()
    looked_at(trainer)
    other = decide_about(trainer, "Вера")
    other.get_by_role("button", name="Удалить из комнаты").click()
    expect(vera.get_by_text("Эта комната для вас больше не открыта", exact=False)).to_be_visible()


def decide_about(trainer: Page, name: str) -> Locator:
    """The tools for one person; they stay unfolded when the list is read anew."""
    member = trainer.locator(".member").filter(has_text=name)
    member.get_by_text("Решить").click()
    return member


def after_the_end(trainer: Page, anna: Page) -> None:
    press(trainer, "Завершить вебинар", exact=False)
    expect(trainer.get_by_role("heading", name="Активность")).to_be_visible()
    expect(trainer.get_by_text("скрыто: меньше пяти")).to_be_visible()
    looked_at(trainer)
    link = trainer.get_by_role("link", name="Посещаемость в CSV").get_attribute("href")
    assert "Ясная Анна" in trainer.request.get(link).body().decode("utf-8-sig")

    expect(anna.get_by_role("heading", name="Ваша оценка")).to_be_visible()
    looked_at(anna)
    anna.get_by_label("5 — очень полезен").check()
    anna.get_by_label("9", exact=True).check()
    anna.get_by_label("Что нам сделать иначе?", exact=False).fill("Больше практики")
    anna.locator("#rating").get_by_role("button", name="Отправить").click()
    expect(anna.get_by_text("Вы оценили встречу.", exact=False)).to_be_visible()
    anna.get_by_text(re.compile("^Общие заметки")).click()
    expect(anna.get_by_text("Пауза — тоже ответ")).to_be_visible()
    trainer.reload()
    expect(trainer.get_by_text("когда ответов пять и больше", exact=False)).to_be_visible()
