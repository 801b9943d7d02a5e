import pytest

from qa.topic import is_task


@pytest.mark.parametrize(
    ("text", "task"),
    [
        ("帮我用python写一个快速排序", True),
        ("请写一首关于秋天的诗", True),
        ("能不能帮我翻译这段话", True),
        ("please write a cover letter", True),
        ("translate this poem into french", True),
        ("写一段介绍瑞芯微的话", False),
        ("请假条怎么写", False),
        ("写代码的人几点到岗", False),
        ("翻一番是哪一年", False),
        ("who writes the weekly report?", False),
        ("write a summary of the handbook", False),
    ],
)
def test_what_no_quote_can_do_is_a_task(text: str, task: bool) -> None:
    assert is_task(text) is task
