"""The chat at `/`: questions in, quotes out, on Gradio."""

import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr
from fastapi import FastAPI
from starlette.routing import BaseRoute

from corpus.errors import WenjuError
from qa.answer import Answer, Turn
from qa.ask import MAX_QUESTION, ask
from service.assembly import Engine, NotReadyError
from service.conversation import Exchange, render
from service.front import Front
from service.pages import STATIC
from service.questions import MAX_TURNS, clean_question
from service.suggestions import suggest
from service.words import LANGUAGES, WORDS, preferred

_log = logging.getLogger(__name__)

_EXAMPLES = 3
_PATIENCE = 120.0
_FRAMES = 12
"""Pictures in which an answer's text appears."""
_FRAME_SECONDS = 0.03
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
        css=(STATIC / "chat.css").read_text(encoding="utf-8"),
        head=f'<link rel="icon" href="{engine.settings.root_path}/ui/icon.svg">',
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
        body_text_color_subdued="#6a6f76",
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
            language = gr.Radio(
                _LANGUAGE_NAMES,
                value="zh",
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
            examples = [gr.Button("…", size="sm", variant="secondary") for _ in range(_EXAMPLES)]
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
            submit = gr.Button(words["ask"], variant="primary", scale=0, min_width=88)
            clear = gr.Button(words["clear"], variant="secondary", scale=0, min_width=88)

        spoken = [header, log, question, submit, clear, *examples]
        answering: dict[str, Any] = {
            "fn": chat.answer,
            "inputs": [question, exchanges, language],
            "outputs": [log, exchanges, question, examples_row],
            "show_progress": "hidden",
            "concurrency_limit": 4,
            "api_visibility": "private",
        }
        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        blocks.load(chat.greet, None, [language, *spoken], **quiet)
        # A shared link brings its question along.
        shared = gr.State("")
        brought = blocks.load(chat.brought, None, shared, **quiet)
        brought.then(**{**answering, "inputs": [shared, exchanges, language]})
        language.input(chat.switch, [language, exchanges], [language, *spoken], **quiet)
        gr.on([question.submit, submit.click], **answering)
        for button in examples:
            button.click(**{**answering, "inputs": [button, exchanges, language]})
        clear.click(chat.start_over, language, [log, exchanges, question, examples_row], **quiet)
    return blocks


@dataclass(frozen=True)
class _Chat:
    """What the page's events do."""

    engine: Engine

    def header(self, language: str) -> str:
        """Return the page's head."""
        words = WORDS[language]
        root = self.engine.settings.root_path
        return (
            f'<div class="bar"><a class="name" href="{root}/">{words["name"]}</a>'
            f'<nav><a href="{root}/" aria-current="page">{words["chat"]}</a>'
            f'<a href="{root}/search">{words["search"]}</a>'
            f'<a href="{root}/documents">{words["documents"]}</a></nav></div>'
        )

    def greet(self, request: gr.Request) -> list[Any]:
        """Fill the page in the browser's language."""
        chosen = request.query_params.get("lang") or request.cookies.get("wenju_lang")
        language = preferred(request.headers.get("accept-language"), chosen)
        return self.switch(language, [])

    def brought(self, request: gr.Request) -> str:
        """Return the question in the page's address, if there is one."""
        return str(request.query_params.get("q", ""))[:MAX_QUESTION]

    def switch(self, language: str, exchanges: Sequence[Exchange]) -> list[Any]:
        """Put page and switch into `language`, whatever else has just happened to them."""
        return [language, *self.speak(language, exchanges)]

    def speak(self, language: str, exchanges: Sequence[Exchange]) -> list[Any]:
        """Put the page into `language`."""
        words = WORDS[language]
        with self.engine.library.view() as view:
            examples = suggest(view, language, _EXAMPLES)
        buttons = [gr.update(value=text, visible=True) for text in examples]
        buttons += [gr.update(visible=False)] * (_EXAMPLES - len(examples))
        return [
            self.header(language),
            render(exchanges, words, self.engine.settings.root_path),
            gr.update(placeholder=words["placeholder"], label=words["question"]),
            words["ask"],
            words["clear"],
            *buttons,
        ]

    def start_over(self, language: str) -> tuple[str, list[Exchange], str, Any]:
        """Begin a new conversation."""
        return render([], WORDS[language]), [], "", gr.update(visible=True)

    def answer(
        self, question: str, exchanges: list[Exchange], language: str
    ) -> Iterator[tuple[Any, Any, Any, Any]]:
        """Answer a question, in pictures of the conversation as it grows."""
        if not question.strip():
            yield gr.skip(), gr.skip(), gr.skip(), gr.skip()
            return
        hidden = gr.update(visible=False)
        asked = Exchange(question.strip())
        for state in self._answered(asked, exchanges, WORDS[language]):
            told = [*exchanges, state]
            done = [*exchanges, replace(state, shown=None)]
            yield self._picture(told, language), done, "", hidden

    def _picture(self, exchanges: Sequence[Exchange], language: str) -> str:
        return render(exchanges, WORDS[language], self.engine.settings.root_path)

    def _answered(
        self, asked: Exchange, before: Sequence[Exchange], words: Any
    ) -> Iterator[Exchange]:
        yield replace(asked, notice=words["thinking" if self.engine.ready else "loading"])
        try:
            answer = self._ask(asked.question, before)
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
                time.sleep(_FRAME_SECONDS)
        yield replace(asked, answer=answer)

    def _ask(self, question: str, before: Sequence[Exchange]) -> Answer:
        patient_until = time.monotonic() + _PATIENCE
        while True:
            try:
                self.engine.require_ready()
                break
            except NotReadyError:
                if time.monotonic() > patient_until:
                    raise
                time.sleep(0.2)
        with self.engine.library.view() as view:
            found = ask(view, clean_question(question), _turns(before), reader=self.engine.reader)
        self.engine.answered(question, found)
        return found


def _turns(exchanges: Sequence[Exchange]) -> list[Turn]:
    turns = []
    for exchange in exchanges:
        if exchange.answer:
            turns.append(Turn("user", exchange.question))
            turns.append(Turn("assistant", exchange.answer.text))
    return turns[-MAX_TURNS:]
