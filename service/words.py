"""Every word of the pages, in Chinese and in English."""

from collections.abc import Mapping

LANGUAGES = ("zh", "en")
COOKIE = "wenju_lang"

_TABLE: dict[str, tuple[str, str]] = {
    "name": ("问据", "Wenju"),
    "motto": (
        "只用文档里的原话回答，每句都能点开核对。",
        "Answers in your documents' own words; every one can be checked.",
    ),
    "chat": ("问答", "Ask"),
    "search": ("搜索", "Search"),
    "documents": ("文档", "Documents"),
    "language": ("语言", "Language"),
    "other_language": ("English", "中文"),
    "question": ("问题", "Question"),
    "placeholder": ("就文档内容提问……", "Ask about the documents…"),
    "ask": ("提问", "Ask"),
    "clear": ("清空", "Clear"),
    "example_heading": (
        "关于{heading}，文档说了什么？",
        "What do the documents say about {heading}?",
    ),
    "thinking": ("正在查找……", "Looking…"),
    "loading": ("模型正在载入，请稍候……", "The model is loading, one moment…"),
    "evidence": ("出处", "Evidence"),
    "related": ("相关段落（不是答案）", "Related passages (not an answer)"),
    "refused": ("文档没有回答", "Not answered by the documents"),
    "failed": ("出错了", "Something went wrong"),
    "page": ("第 {page} 页", "page {page}"),
    "copy": ("复制为 Markdown", "Copy as Markdown"),
    "share": ("分享问题", "Share the question"),
    "copied": ("已复制", "Copied"),
    "good": ("答得好", "Good answer"),
    "bad": ("答得不好", "Bad answer"),
    "why": ("哪里不好？（可不填）", "What is wrong? (optional)"),
    "you": ("你", "You"),
    "new_tab": ("在新标签页打开", "opens in a new tab"),
    "outline": ("目录", "Contents"),
    "characters": ("{count} 字", "{count} characters"),
    "passages": ("{count} 段", "{count} passages"),
    "back": ("全部文档", "All documents"),
    "to_quote": ("回到引文", "Back to the quote"),
    "before": ("‹ 上一处", "‹ Previous"),
    "after": ("下一处 ›", "Next ›"),
    "place": ("引用 {place}/{count}", "Citation {place} of {count}"),
    "ask_section": ("就「{section}」提问", "Ask about “{section}”"),
    "about_section": ("关于「{section}」，", "About “{section}”: "),
    "source": ("出处原文", "Source"),
    "open": ("打开全文", "Open the document"),
    "close": ("关闭", "Close"),
    "stop": ("停止", "Stop"),
    "stopped": ("已停止。", "Stopped."),
    "subject": ("对象", "Subject"),
    "told": ("文档中的原话", "In the document's words"),
    "next": ("接着问", "Ask next"),
    "query": ("搜索词或问题", "Words or a question"),
    "found": ("{count} 段，相关度从高到低", "{count} passages, best first"),
    "in_document": ("只看哪个文档", "In which document"),
    "in_section": ("只看哪一节", "In which section"),
    "all_documents": ("全部文档", "All documents"),
    "all_sections": ("全部章节", "All sections"),
    "nothing": ("没有找到相关段落。", "No passages found."),
    "no_documents": ("还没有文档。", "There are no documents yet."),
    "drop": ("把文件拖到这里，或者", "Drop files here, or"),
    "upload_hint": (
        "文本、Markdown、HTML、DOCX、PDF、CSV、XLSX、EPUB，或它们的 ZIP，每个不超过 {size} MiB",
        "Text, Markdown, HTML, DOCX, PDF, CSV, XLSX, EPUB or a ZIP of them, {size} MiB at most",
    ),
    "needs_script": (
        "在网页上添加文档需要 JavaScript；也可以用命令 wenju add。",
        "Adding documents here needs JavaScript; the command wenju add does not.",
    ),
    "choose": ("选择文件", "Choose files"),
    "trouble_413": ("文件太大。", "The file is too large."),
    "trouble_415": (
        "读不了：不是支持的格式，或者内容不是文字。",
        "It cannot be read: not a supported format, or no text inside.",
    ),
    "trouble_422": ("读不了：文件是空的或者已损坏。", "It cannot be read: empty or damaged."),
    "uploading": ("正在上传……", "Uploading…"),
    "indexing": ("正在编入索引……", "Indexing…"),
    "added": ("已添加。", "Added."),
    "already": ("内容相同的文档已经在库里。", "The same content was there already."),
    "took": (
        "{characters} 字，{passages} 段，用时 {seconds} 秒",
        "{characters} characters, {passages} passages, {seconds} s",
    ),
    "remove": ("删除", "Remove"),
    "remove_title": ("删除《{title}》", "Remove “{title}”"),
    "removed": ("已删除《{title}》。", "“{title}” is removed."),
    "undo": ("撤销", "Undo"),
    "rename": ("改名", "Rename"),
    "rename_title": ("给《{title}》改名", "Rename “{title}”"),
    "new_title": ("新的标题", "New title"),
    "title": ("标题", "Title"),
    "added_at": ("添加时间", "Added"),
    "replaced": ("这个文档已被新的替换", "This document was replaced"),
    "replaced_detail": (
        "它换成了新的内容，这个引用属于旧的内容。",
        "It has new content; this citation belongs to the old one.",
    ),
    "replaced_link": ("打开新的文档", "Open the new document"),
    "not_found": ("没有这个文档", "There is no such document"),
    "not_found_detail": (
        "它可能已被删除，或者链接不完整。",
        "It may have been removed, or the link is incomplete.",
    ),
    "sign_in": ("登录", "Sign in"),
    "sign_out": ("退出登录", "Sign out"),
    "token": ("令牌", "Token"),
    "token_hint": (
        "令牌由管理员用命令 wenju token add 发放。",
        "Tokens are given out with the command wenju token add.",
    ),
    "wrong_token": ("没有这个令牌，或它已被撤销。", "That token is not known, or was removed."),
    "signed_in": ("已登录：{name}", "Signed in: {name}"),
    "not_ready": (
        "模型正在载入，请过几秒再试。",
        "The model is still loading; try again in a few seconds.",
    ),
}

WORDS: dict[str, Mapping[str, str]] = {
    language: {key: words[place] for key, words in _TABLE.items()}
    for place, language in enumerate(LANGUAGES)
}
"""For each language the words by their keys."""


def preferred(accept: str | None, chosen: str | None = None) -> str:
    """Return the language to speak: the chosen one, else what the browser likes best.

    Args:
        accept: an Accept-Language header.
        chosen: what was picked by hand, if anything.

    """
    if chosen in LANGUAGES:
        return chosen
    for wanted in sorted(_wanted(accept or ""), key=lambda pair: -pair[1]):
        if (language := wanted[0].split("-")[0]) in LANGUAGES:
            return language
    return LANGUAGES[0] if not accept else "en"


def _wanted(accept: str) -> list[tuple[str, float]]:
    wanted = []
    for part in accept.split(",")[:20]:
        tag, _, weight = part.partition(";q=")
        try:
            wanted.append((tag.strip().lower(), float(weight or 1)))
        except ValueError:
            continue
    return wanted
