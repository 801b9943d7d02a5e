"""What is said when the documents do not answer, in the question's language."""

from qa.answer import Reason

REFUSALS: dict[tuple[Reason, str], str] = {
    (Reason.EMPTY, "zh"): "还没有任何文档，请先添加文档再提问。",
    (Reason.EMPTY, "zh-Hant"): "還沒有任何文件，請先新增文件再提問。",
    (Reason.EMPTY, "en"): "There are no documents yet. Add one, then ask again.",
    (Reason.OFF_TOPIC, "zh"): "现有文档与这个问题无关，无法回答。",
    (Reason.OFF_TOPIC, "zh-Hant"): "現有文件與這個問題無關，無法回答。",
    (Reason.OFF_TOPIC, "en"): "The documents are not about this, so they cannot answer it.",
    (Reason.NOT_STATED, "zh"): "文档谈到了相关内容，但没有说明这一点。",
    (Reason.NOT_STATED, "zh-Hant"): "文件談到了相關內容，但沒有說明這一點。",
    (Reason.NOT_STATED, "en"): "The documents touch on this topic but do not state the answer.",
}
"""By reason and by the question's language."""

MISPLACED: dict[str, str] = {
    "zh": "文档里，{thing}说的是{owner}，没有说到{asked}的。",
    "zh-Hant": "文件裡，{thing}說的是{owner}，沒有說到{asked}的。",
    "en": "In the documents, {thing} is about {owner}; they name none of {asked}'s.",
}
"""Said after a refusal where a thing is credited to the wrong subject, by language."""
