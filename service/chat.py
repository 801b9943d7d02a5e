"""The chat at `/`: questions in, quotes out, on Gradio."""

import logging
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

import gradio as gr
from fastapi import FastAPI
from starlette.routing import BaseRoute

from corpus.errors import WenjuError
from qa.answer import Answer, Turn
from qa.ask import MAX_QUESTION, ask
from service.assembly import Engine, NotReadyError
from service.assets import STATIC, asset
from service.conversation import Exchange, render
from service.front import Front
from service.questions import MAX_TURNS, clean_question
from service.scopes import MODES, SEARCH
from service.suggestions import follow, suggest
from service.words import LANGUAGES, WORDS, preferred

_log = logging.getLogger(__name__)

_EXAMPLES = 3
_STYLES = ("text.css", "chat.css")
_PATIENCE = 120.0
_FRAMES = 12
"""Pictures in which an answer's text appears."""
_FRAME_SECONDS = 0.03
_LOOK_SECONDS = 0.02
"""How often is looked whether an answer has come."""
_AT_ONCE = 4
"""Questions of the chat answered at a time."""
_POOL = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="wenju-chat")
_SANS = (
    "system-ui",
    "-apple-system",
    "Segoe UI",
    "PingFang SC",
    "Hiragino Sans GB",
    "Microsoft YaHei",
    "Noto Sans CJK SC",
    "sans-serif",
)
_MONO = ("ui-monospace", "Menlo", "Consolas", "monospace")
_LANGUAGE_NAMES = [("中文", "zh"), ("English", "en")]


def mount_chat(app: FastAPI, engine: Engine, routes: Sequence[BaseRoute]) -> None:
    """Mount the chat at `/` of `app`, behind its own `routes`, which must be there already."""
    gr.mount_gradio_app(
        app,
        _blocks(engine).queue(max_size=engine.settings.queue_length + 1),
        path="/",
        footer_links=[],
        run_history=False,
        show_error=False,
        theme=_theme(),
        css="".join((STATIC / name).read_text(encoding="utf-8") for name in _STYLES),
        head=f'<link rel="icon" href="{asset("icon.svg", engine.settings.root_path)}">',
        ssr_mode=False,
        mcp_server=False,
        pwa=False,
        max_file_size=1,
        root_path=engine.settings.root_path or None,
    )
    mount: Any = app.router.routes[-1]
    mount.app = Front(mount.app, routes)


def _theme() -> gr.themes.Base:
    theme = gr.themes.Base(
        font=_SANS,
        font_mono=_MONO,
        primary_hue=gr.themes.colors.emerald,
        neutral_hue=gr.themes.colors.stone,
        radius_size=gr.themes.sizes.radius_md,
    )
    return theme.set(
        body_background_fill="#fbfaf7",
        body_background_fill_dark="#16181a",
        body_text_color="#23262a",
        body_text_color_dark="#dfe1e2",
        body_text_color_subdued="#63686f",
        body_text_color_subdued_dark="#9aa0a6",
        border_color_primary="#e3e0d8",
        border_color_primary_dark="#33373a",
        button_primary_background_fill="#2f5d50",
        button_primary_background_fill_hover="#3a7263",
        button_primary_background_fill_dark="#8fc7b4",
        button_primary_background_fill_hover_dark="#a5d6c5",
        button_primary_text_color="#ffffff",
        button_primary_text_color_dark="#14201c",
    )


def _blocks(engine: Engine) -> gr.Blocks:
    chat = _Chat(engine)
    words = WORDS[LANGUAGES[0]]
    blocks: gr.Blocks
    with gr.Blocks(title=words["name"], analytics_enabled=False, fill_height=True) as blocks:
        exchanges = gr.State([])
        with gr.Row(elem_id="top"):
            header = gr.HTML(chat.header("zh"), elem_id="header")
            # Still until the page speaks the browser's language: greeting undoes no choice.
            language = gr.Radio(
                _LANGUAGE_NAMES,
                value="zh",
                interactive=False,
                show_label=False,
                container=False,
                elem_id="language",
                min_width=120,
                scale=0,
            )
        log = gr.HTML(
            render([], words),
            elem_id="conversation",
            apply_default_css=False,
            js_on_load=(STATIC / "chat.js").read_text(encoding="utf-8"),
        )
        with gr.Row(elem_id="examples") as examples_row:
            examples = [
                gr.Button(visible=False, size="sm", variant="secondary") for _ in range(_EXAMPLES)
            ]
        with gr.Row(elem_id="asking"):
            question = gr.Textbox(
                show_label=False,
                label=words["question"],
                placeholder=words["placeholder"],
                max_length=MAX_QUESTION,
                lines=1,
                max_lines=6,
                autofocus=True,
                scale=1,
                container=False,
                elem_id="question",
            )
            submit = gr.Button(
                words["ask"], variant="primary", scale=0, min_width=88, elem_id="submit"
            )
            stop = gr.Button(
                words["stop"],
                variant="stop",
                visible=False,
                scale=0,
                min_width=88,
                elem_id="stop",
            )
            clear = gr.Button(words["clear"], variant="secondary", scale=0, min_width=88)
        panel = gr.HTML(chat.panel("zh"), elem_id="source", apply_default_css=False)

        spoken = [header, panel, log, question, submit, stop, clear, *examples]
        shown = [log, exchanges, question, examples_row, submit, stop]
        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        answering: dict[str, Any] = {
            **quiet,
            "fn": chat.answer,
            "outputs": shown,
            "concurrency_limit": _AT_ONCE,
        }

        def asks(event: Any, words_from: Any) -> None:
            run = event(**answering, inputs=[words_from, exchanges, language])
            # The language may have been switched, and what may follow is worked out at leisure.
            run.then(chat.settle, [exchanges, language], [log, exchanges], **quiet)

        # A shared link brings its question along, or one to go on with.
        shared = gr.State("")
        greeted = blocks.load(chat.greet, None, [language, *spoken], **quiet)
        brought = greeted.then(chat.brought, None, [shared, question], **quiet)
        asks(brought.then, shared)
        asks(question.submit, question)
        asks(submit.click, question)
        for button in examples:
            asks(button.click, button)
        language.input(chat.switch, [language, exchanges], [language, *spoken], **quiet)
        stop.click(chat.stop, None, None, **quiet)
        clear.click(chat.start_over, language, shown, **quiet)
    return blocks


@dataclass
class _Run:
    """A question being answered.

    Attributes:
        stopped: set once the reader has had enough.
        dropped: whether the conversation it belongs to was begun anew meanwhile.

    """

    stopped: threading.Event = field(default_factory=threading.Event)
    dropped: bool = False


@dataclass(frozen=True)
class _Chat:
    """What the page's events do.

    Attributes:
        engine: what answers.
        runs: what is being answered, by the browser window that asked.

    """

    engine: Engine
    runs: dict[str, _Run] = field(default_factory=dict)

    def header(self, language: str) -> str:
        """Return the page's head."""
        words = WORDS[language]
        root = self.engine.settings.root_path
        pages = ("search", "documents") if MODES[self.engine.settings.mode] >= SEARCH else ()
        links = "".join(f'<a href="{root}/{page}">{words[page]}</a>' for page in pages)
        return (
            f'<div class="bar"><a class="name" href="{root}/">{words["name"]}</a>'
            f'<nav><a href="{root}/" aria-current="page">{words["chat"]}</a>{links}</nav></div>'
        )

    def greet(self, request: gr.Request) -> list[Any]:
        """Fill the page in the browser's language."""
        chosen = request.query_params.get("lang") or request.cookies.get("wenju_lang")
        language = preferred(request.headers.get("accept-language"), chosen)
        return self.switch(language, [])

    def brought(self, request: gr.Request) -> tuple[str, Any]:
        """Return the question in the page's address, and one that it only begins."""
        given = request.query_params
        about = str(given.get("about", ""))[:MAX_QUESTION]
        return str(given.get("q", ""))[:MAX_QUESTION], about or gr.skip()

    def switch(self, language: str, exchanges: Sequence[Exchange]) -> list[Any]:
        """Put page and switch into `language`, whatever else has just happened to them."""
        return [gr.update(value=language, interactive=True), *self.speak(language, exchanges)]

    def speak(self, language: str, exchanges: Sequence[Exchange]) -> list[Any]:
        """Put the page into `language`."""
        words = WORDS[language]
        with self.engine.library.view() as view:
            examples = suggest(view, language, _EXAMPLES)
        buttons = [gr.update(value=text, visible=True) for text in examples]
        buttons += [gr.update(visible=False)] * (_EXAMPLES - len(examples))
        return [
            self.header(language),
            self.panel(language),
            self._picture(exchanges, language),
            gr.update(placeholder=words["placeholder"], label=words["question"]),
            words["ask"],
            words["stop"],
            words["clear"],
            *buttons,
        ]

    def panel(self, language: str) -> str:
        """Return the empty panel in which `static/chat.js` shows a citation's source."""
        words = WORDS[language]
        given = "".join(f' data-{key}="{words[key]}"' for key in ("source", "open", "close"))
        return (
            f'<aside role="dialog" tabindex="-1" aria-label="{words["source"]}"{given} hidden>'
            '</aside><div class="preview" role="tooltip" hidden></div>'
        )

    def start_over(self, language: str, request: gr.Request) -> list[Any]:
        """Begin a new conversation; what is being answered has no place in it."""
        if run := self.runs.get(str(request.session_hash)):
            run.dropped = True
            run.stopped.set()
        return [render([], WORDS[language]), [], "", gr.update(visible=True), *_ready()]

    def stop(self, request: gr.Request) -> None:
        """Stop answering: what is known by now is shown at once, else the question given back."""
        if run := self.runs.get(str(request.session_hash)):
            run.stopped.set()

    def settle(self, exchanges: Sequence[Exchange], language: str) -> tuple[Any, Any]:
        """Show a finished answer in the language spoken now, with what may be asked next."""
        last = exchanges[-1] if exchanges else None
        if last is None or last.answer is None:
            return gr.skip(), gr.skip()
        with self.engine.library.view() as view:
            more = follow(view, last.answer, language, _EXAMPLES)
        known = {exchange.question for exchange in exchanges}
        last = replace(last, next=tuple(each for each in more if each not in known))
        exchanges = [*exchanges[:-1], last]
        return self._picture(exchanges, language), exchanges

    def answer(
        self, question: str, exchanges: list[Exchange], language: str, request: gr.Request
    ) -> Iterator[list[Any]]:
        """Answer a question, in pictures of the conversation as it grows."""
        if not question.strip():
            yield [gr.skip()] * 6
            return
        run = self.runs[str(request.session_hash)] = _Run()
        hidden = gr.update(visible=False)
        asked = Exchange(question.strip())
        before = [replace(exchange, next=()) for exchange in exchanges]
        try:
            for state in self._answered(asked, before, WORDS[language], run):
                if run.dropped:
                    break
                told = [*before, state]
                done = [*before, replace(state, shown=None)]
                picture = self._picture(told, language)
                left = asked.question if state.trouble and run.stopped.is_set() else ""
                yield [picture, done, left, hidden, hidden, gr.update(visible=True)]
        finally:
            self.runs.pop(str(request.session_hash), None)
        yield [gr.skip(), gr.skip(), gr.skip(), gr.skip(), *_ready()]

    def _picture(self, exchanges: Sequence[Exchange], language: str) -> str:
        return render(exchanges, WORDS[language], self.engine.settings.root_path)

    def _answered(
        self, asked: Exchange, before: Sequence[Exchange], words: Any, run: _Run
    ) -> Iterator[Exchange]:
        yield replace(asked, notice=words["thinking" if self.engine.ready else "loading"])
        future = _POOL.submit(self._ask, asked.question, before, run)
        while not future.done():
            if run.stopped.wait(_LOOK_SECONDS):
                # The thread goes on to its end, and nobody looks at what it finds.
                future.cancel()
                yield replace(asked, trouble=words["stopped"])
                return
        try:
            answer = future.result()
        except WenjuError as error:
            yield replace(asked, trouble=str(error))
            return
        except Exception:
            _log.exception("A question in the chat failed.")
            yield replace(asked, trouble=words["failed"])
            return
        if answer.answerable:
            step = max(6, len(answer.text) // _FRAMES)
            for shown in range(step, len(answer.text), step):
                yield replace(asked, answer=answer, shown=shown)
                if run.stopped.wait(_FRAME_SECONDS):
                    break
        yield replace(asked, answer=answer)

    def _ask(self, question: str, before: Sequence[Exchange], run: _Run) -> Answer:
        patient_until = time.monotonic() + _PATIENCE
        while True:
            try:
                self.engine.require_ready()
                break
            except NotReadyError:
                if time.monotonic() > patient_until or run.stopped.is_set():
                    raise
                time.sleep(0.2)
        with self.engine.library.view() as view:
            found = ask(view, clean_question(question), _turns(before), reader=self.engine.reader)
        self.engine.answered(question, found)
        return found


def _ready() -> list[Any]:
    """Return what the buttons for asking and stopping become once nothing is being answered."""
    return [gr.update(visible=True), gr.update(visible=False)]


def _turns(exchanges: Sequence[Exchange]) -> list[Turn]:
    turns = []
    for exchange in exchanges:
        if exchange.answer:
            turns.append(Turn("user", exchange.question))
            turns.append(Turn("assistant", exchange.answer.text))
    return turns[-MAX_TURNS:]
